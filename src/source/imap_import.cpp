#include "source/imap_import.hpp"
#include "net/loop.hpp"
#include "source/imap_mailbox.hpp"
#include <algorithm>

namespace godwit::source {
namespace {
using imap::Failure;
using net::awaitable;

constexpr std::size_t max_failures = 100;
constexpr std::chrono::milliseconds max_pause = std::chrono::minutes(1);

struct Surveyed {
    std::vector<imap::Planned> plans;
    std::vector<std::optional<imap::Counts>> counts; // of each; absent: not asked, or not said
    ImapReport report;
};

// A mailbox that breaks the connection here is not the end: the copy will say so.
awaitable<std::optional<imap::Counts>> counts_of(imap::Client& client, std::string name) {
    try {
        auto status = co_await client.status(name);
        if (status) co_return *status;
    } catch (Failure const&) {
        client.close();
    }
    co_return std::nullopt;
}

awaitable<Surveyed> survey(imap::Client& client, ImapOptions const& options) {
    Surveyed out;
    auto const spaces = co_await client.namespaces();
    auto const mailboxes = co_await client.list();
    out.plans = imap::plan(mailboxes, spaces, options.only);
    for (auto const& planned : out.plans) {
        MailboxCount count{
            .name = planned.shown(), .folder = imap::shown_place(planned, options.under), .left_out = planned.left_out};
        std::optional<imap::Counts> said;
        if (planned.left_out.empty() && client.is_open()) {
            said = co_await counts_of(client, planned.name);
            count.messages = said ? said->messages.value_or(0) : 0;
        }
        out.counts.push_back(said);
        out.report.mailboxes.push_back(std::move(count));
    }
    co_return out;
}

class ImapCopy {
public:
    ImapCopy(index::Accounts& accounts, index::AccountId account, imap::Account server, ImapOptions options,
             ImapProgress progress)
        : accounts_(accounts), account_(account), client_(std::move(server)), options_(std::move(options)),
          progress_(std::move(progress)) {}

    awaitable<ImapReport> run() {
        co_await client_.open();
        auto surveyed = co_await survey(client_, options_);
        report_ = std::move(surveyed.report);
        for (std::size_t i = 0; i < surveyed.plans.size() && report_.stopped.empty(); ++i) {
            if (!surveyed.plans[i].left_out.empty()) continue;
            report_.current = report_.mailboxes[i].name;
            co_await copy(surveyed.plans[i], surveyed.counts[i], report_.mailboxes[i]);
        }
        co_await client_.log_out();
        co_return std::move(report_);
    }

private:
    awaitable<void> copy(imap::Planned const& planned, std::optional<imap::Counts> counts, MailboxCount& count) {
        auto const& server = client_.account();
        imap::MailboxCopy mailbox(
            accounts_, account_, options_, planned, imap::state_name(server.host, server.login, planned.name), count,
            {.settled = [this] { tell({}); }, .complaint = [this](Unread&& unread) { complain(std::move(unread)); }});
        if (counts && mailbox.has_all(*counts)) {
            count.known = count.messages;
            tell({});
            co_return;
        }
        while (!mailbox.done() && report_.stopped.empty()) {
            std::string broken;
            bool opened = client_.is_open();
            try {
                if (!opened) co_await client_.open();
                opened = true;
                co_await mailbox.go_on(client_);
            } catch (index::QuotaExceeded const& full) {
                report_.stopped = full.what();
                report_.over_quota = true;
                tell({});
            } catch (Failure const& failure) {
                if (failure.kind == Failure::Login) report_.stopped = failure.what();
                broken = failure.what();
            }
            if (broken.empty()) continue;
            client_.close();
            if (opened) mailbox.broke(broken);
            if (!mailbox.done()) co_await wait(broken);
        }
    }

    awaitable<void> wait(std::string const& why) {
        if (!report_.stopped.empty()) co_return;
        if (++tries_ > options_.tries) {
            report_.stopped = why;
            co_return;
        }
        auto const pause = std::min(options_.pause * (1U << std::min(tries_ - 1, 10U)), max_pause);
        tell(why + "; again in " + std::to_string(pause.count()) + " ms");
        co_await net::sleep_for(pause);
    }

    void tell(std::string note) {
        auto const sum = report_.total();
        auto const handled = sum.added + sum.known + sum.deleted + sum.gone;
        if (handled != handled_) tries_ = 0;
        handled_ = handled;
        report_.note = std::move(note);
        if (progress_) progress_(report_);
    }

    void complain(Unread&& unread) {
        if (report_.failures.size() < max_failures) report_.failures.push_back(std::move(unread));
    }

    index::Accounts& accounts_;
    index::AccountId account_;
    imap::Client client_;
    ImapOptions options_;
    ImapProgress progress_;
    ImapReport report_;
    unsigned tries_ = 0;
    std::uint64_t handled_ = 0;
};

} // namespace

MailboxCount ImapReport::total() const {
    MailboxCount sum;
    for (auto const& one : mailboxes) {
        if (!one.left_out.empty()) continue;
        sum.messages += one.messages;
        sum.added += one.added;
        sum.known += one.known;
        sum.failed += one.failed;
        sum.bytes += one.bytes;
        sum.deleted += one.deleted;
        sum.gone += one.gone;
        sum.updated += one.updated;
    }
    return sum;
}

net::awaitable<ImapReport> import_imap(index::Accounts& accounts, index::AccountId account, imap::Account server,
                                       ImapOptions options, ImapProgress progress) {
    server.limits.literal = options.max_message_bytes;
    ImapCopy import(accounts, account, std::move(server), std::move(options), std::move(progress));
    auto report = co_await import.run();
    co_return report;
}

net::awaitable<ImapReport> survey_imap(imap::Account server, ImapOptions options) {
    imap::Client client(std::move(server));
    co_await client.open();
    auto surveyed = co_await survey(client, options);
    co_await client.log_out();
    co_return std::move(surveyed.report);
}

} // namespace godwit::source
