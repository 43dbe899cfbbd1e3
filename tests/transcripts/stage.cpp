#include "stage.hpp"
#include "delivery/scheduling.hpp"
#include "device/partnership.hpp"
#include "device/provisioning.hpp"
#include "index/database.hpp"
#include "net/timer.hpp"
#include "source/conversations.hpp"
#include "source/local.hpp"
#include "wbxml/xml.hpp"
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

namespace godwit::transcripts {
namespace {

using net::Clock;
using std::chrono::seconds;

constexpr std::uint32_t usual_policy_key = 7;
constexpr std::uint8_t multipart_word = 4;

std::uint64_t number(std::string const& text) { return text.empty() ? 0 : std::stoull(text); }

std::string from_hex(std::string const& text) {
    std::string out;
    std::string digits;
    for (char c : text)
        if (std::isxdigit(static_cast<unsigned char>(c))) digits += c;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) out += char(std::stoi(digits.substr(i, 2), nullptr, 16));
    return out;
}

std::string crlf(std::string const& text) {
    std::string out;
    for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

std::string body_of(Step const& step, Variables const& variables) {
    auto text = filled(step.text, variables);
    if (auto at = text.find('{'); at != text.npos)
        throw std::runtime_error("line " + std::to_string(step.line) +
                                 ": never learnt: " + text.substr(at, text.find('}', at) + 1 - at));
    auto form = step.attribute("body", "xml");
    if (form == "hex") return from_hex(text);
    if (form == "mime") return crlf(text);
    if (text.find('<') == text.npos) return {};
    auto bytes = wbxml::from_xml(text);
    if (!bytes) throw std::runtime_error("line " + std::to_string(step.line) + ": " + bytes.error());
    return *bytes;
}

// No more pages. What still has room in those that are there must not get through either: beside each row another page
// is wanted, so that it is SQLite itself who says that it is full, in the middle of the command's own transaction. What
// the gate notes of a phone passes: the command is what shall fail.
void fill(index::Database& database, bool full) {
    database.write_sql(full ? "PRAGMA max_page_count = 1" : "PRAGMA max_page_count = 1000000");
    for (std::string const table : {"item", "content", "folder", "outbox", "collection_state"})
        for (std::string const event : {"INSERT", "UPDATE"}) {
            auto const trigger = "full_" + table + "_" + event;
            auto const sql = full ? "CREATE TEMP TRIGGER IF NOT EXISTS " + trigger + " BEFORE " + event + " ON main." +
                                        table + " BEGIN INSERT INTO setting VALUES ('room', zeroblob(1048576)); END"
                                  : "DROP TRIGGER IF EXISTS temp." + trigger;
            database.write_sql(sql.c_str());
        }
}

// A table is not where it was: what a damaged file looks like to a command that needs it.
void lose(index::Database& database, std::uint64_t item) {
    auto const hash = "(SELECT content FROM item WHERE id = " + std::to_string(item) + ")";
    database.write_sql(("DELETE FROM content WHERE hash = " + hash).c_str());
}

void damage(index::Database& database, std::string const& table, bool damaged) {
    auto const away = table + "_away";
    database.write_sql(("ALTER TABLE " + (damaged ? table : away) + " RENAME TO " + (damaged ? away : table)).c_str());
}

// Law: whoever reads the log sees which answers refuse, and with which Status (issue 2, "Bad input"). A Status of the
// command's own page has no prefix in the view.
std::string unexplained(command::Session const& session, std::string const& shown) {
    constexpr std::string_view open = "<Status>";
    bool const moves = session.line.command == eas::Command::MoveItems,
               ping = session.line.command == eas::Command::Ping;
    std::string refused;
    for (auto at = shown.find(open); at != shown.npos; at = shown.find(open, at + 1)) {
        auto const from = at + open.size();
        auto const status = shown.substr(from, shown.find('<', from) - from);
        bool const well = moves ? status == "3" : status == "1" || (ping && status == "2");
        if (!well && refused.empty()) refused = status;
    }
    auto const noted = std::ranges::find(session.notes, "refused", [](auto const& note) { return note.first; });
    bool const told = noted != session.notes.end();
    if (!refused.empty() && !told) return "status " + refused + " is not in the log; ";
    if (!refused.empty() && !noted->second.contains(refused)) return noted->second + " is not " + refused + "; ";
    bool const unseen = session.line.command == eas::Command::Sync; // a Delete of what is gone has no Status
    return refused.empty() && told && !unseen && !shown.empty() ? "refused=" + noted->second + ", but nothing was; "
                                                                : "";
}

} // namespace

struct Stage::Server {
    Server(Stage& stage, net::Loop& loop)
        : pool(2), hub(loop.executor()),
          accounts(pool, stage.directory_.empty() ? stage.directory_ : stage.directory_ / "accounts",
                   [this](index::Commit const& commit) { hub.publish(commit); }),
          directory(pool, stage.directory_, {}), local(accounts, directory),
          outbox(stage.config_.delivery, pool, accounts, directory, local),
          rooms{stage.config_, pool, accounts, directory, hub, outbox} {}
    net::Pool pool;
    sync::Hub hub;
    index::Accounts accounts;
    directory::Directory directory;
    delivery::LocalDelivery local;
    delivery::Outbox outbox;
    command::Rooms rooms;
};

struct Stage::Running {
    command::Hangup hangup;
    std::unique_ptr<command::Session> session;
    std::optional<command::Reply> reply;
    std::function<void()> wake; // while it waits
};

Stage::Stage(Step const& conversation, std::filesystem::path directory)
    : conversation_(conversation), directory_(std::move(directory)) {
    Clock::frozen = Clock::time_point(std::chrono::hours(1));
    Clock::frozen_utc = net::Time(seconds(1'768'478'400)); // 2026-01-15 12:00:00
    config_.provision.required = conversation.attribute("policy", "required") != "off";
    config_.delivery.hostname = "mx.example.org";
    if (auto n = number(conversation.attribute("max-devices"))) config_.sync.max_devices = std::uint32_t(n);
    if (auto n = number(conversation.attribute("max-collections")))
        config_.sync.max_sync_collections = std::uint32_t(n);
    if (auto n = number(conversation.attribute("max-folders"))) config_.sync.max_ping_folders = std::uint32_t(n);
    if (auto n = number(conversation.attribute("max-commands"))) config_.sync.max_sync_commands = std::uint32_t(n);
    if (auto n = number(conversation.attribute("recipients-per-day")))
        config_.delivery.recipients_per_day = std::uint32_t(n);
    if (auto n = number(conversation.attribute("max-message-bytes"))) config_.delivery.max_message_bytes = n;
    start();
    auto user = server_->directory.add("anna@example.org", "Anna Example", {"anna.e@example.org"}, "secret");
    user_ = user.value();
    server_->accounts.create(user_.id);
    if (conversation.attribute("bob") != "yes") return; // hashing his secret takes longer than most conversations
    auto other = server_->directory.add("bob@example.org", "Bob", {}, "secret");
    server_->accounts.create(other.value().id);
}

Stage::~Stage() {
    for (auto& [name, running] : running_) {
        running->hangup.stopping = true;
        if (running->wake) running->wake();
        if (!running->reply) reply(name);
    }
    running_.clear();
    server_.reset();
    loop_.reset();
    Clock::frozen.reset();
    Clock::frozen_utc.reset();
}

void Stage::start() {
    if (!server_ || !directory_.empty()) {
        server_.reset();
        loop_ = std::make_unique<net::Loop>();
        server_ = std::make_unique<Server>(*this, *loop_);
    } else {
        server_->rooms.phones = command::make_phones(); // what lies in memory stays; what is only remembered goes
    }
}

// A phone that has provisioned before the conversation begins.
void Stage::provision(std::string const& device) {
    if (conversation_.attribute("provisioned", "yes") == "no" || std::exchange(provisioned_[device], true)) return;
    server_->accounts.write_now(user_.id, [&](index::Transaction& tx) {
        auto now = Clock::utc();
        tx.put_device({.id = device,
                       .type = "Phone",
                       .user_agent = "Phone/1.0",
                       .first_seen = now,
                       .last_seen = now,
                       .protocol_version = {}});
        device::save(tx, device, {.current = device::PolicyKey(usual_policy_key)});
    });
}

void Stage::act(Step const& step, Variables const& variables) {
    auto item = index::ItemId(std::int64_t(number(step.attribute("item"))));
    auto folder_id = [](std::string const& text) { return index::CollectionId(std::uint32_t(number(text))); };
    if (step.name == "advance") {
        auto by = seconds(number(step.attribute("seconds")));
        *Clock::frozen += by;
        *Clock::frozen_utc += by;
    } else if (step.name == "restart") {
        start();
    } else if (step.name == "wipe") {
        server_->accounts.write_now(user_.id, [&](index::Transaction& tx) {
            auto state = device::load_provisioning(tx, "phone1");
            state.wipe = device::Wipe::Requested;
            device::save(tx, "phone1", state);
        });
        server_->rooms.phones = command::make_phones(); // whoever changes it tells the server
    } else if (step.name == "gone" || step.name == "stopping") {
        auto& running = *running_.at(step.attribute("of"));
        (step.name == "gone" ? running.hangup.gone : running.hangup.stopping) = true;
        if (running.wake) running.wake();
    } else {
        server_->accounts.write_now(user_.id, [&](index::Transaction& tx) {
            if (step.name == "full") return fill(tx.database_for_test(), step.attribute("of") != "no");
            if (step.name == "quota") return tx.set_quota(number(step.attribute("bytes")));
            if (step.name == "damaged")
                return damage(tx.database_for_test(), step.attribute("table"), step.attribute("of") != "no");
            if (step.name == "lost") return lose(tx.database_for_test(), number(step.attribute("item")));
            if (step.name == "remove") return tx.remove_item(item);
            if (step.name == "move") return tx.move_item(item, folder_id(step.attribute("to")));
            if (step.name == "folder" && step.attributes.contains("remove"))
                return tx.remove_folder(folder_id(step.attribute("remove")));
            if (step.name == "folder") {
                auto const parent = folder_id(step.attribute("parent"));
                auto const type = index::FolderType(number(step.attribute("type", "12")));
                auto const times = number(step.attribute("times"));
                for (std::uint64_t n = std::max<std::uint64_t>(1, times); n > 0; --n)
                    tx.create_folder(parent, type, step.attribute("name") + (times > 0 ? std::to_string(n) : ""));
                return;
            }
            if (step.name == "mark") {
                auto marks = tx.item(item).value().marks;
                if (step.attributes.contains("read")) marks.read = step.attribute("read") == "1";
                if (step.attributes.contains("flag")) marks.flag_status = std::uint8_t(number(step.attribute("flag")));
                return tx.set_marks(item, marks);
            }
            index::CollectionId folder{};
            for (auto const& f : tx.folders())
                if (f.name == step.attribute("folder", "Inbox")) folder = f.id;
            auto received = Clock::utc() - seconds(number(step.attribute("age")));
            auto bytes = crlf(filled(step.text, variables));
            for (std::uint64_t n = std::max<std::uint64_t>(1, number(step.attribute("times"))); n > 0; --n)
                source::follow_conversation(
                    tx, source::append(tx, folder, bytes, {.read = step.attribute("read") == "1"}, received));
            delivery::schedule(tx, mime::Rope(bytes), user_, server_->directory);
        });
    }
}

void Stage::request(Step const& step, Variables const& variables) {
    auto device = step.attribute("device", "phone1");
    if (device::makes_partnership(device)) provision(eas::canonical_device_id(device));
    auto running = std::make_unique<Running>();
    auto version = eas::parse_version(step.attribute("version", conversation_.attribute("version", "16.1"))).value();
    eas::RequestLine line;
    line.command = eas::parse_command(step.attribute("command")).value();
    line.device_id = device;
    line.device_type = step.attribute("device-type", "Phone");
    if (!eas::is_device_type(line.device_type)) line.misnamed = eas::QueryError::DeviceTypeInvalid;
    if (!eas::is_device_id(line.device_id)) line.misnamed = eas::QueryError::DeviceIdInvalid;
    if (step.attributes.contains("attachment")) line.attachment_name = filled(step.attribute("attachment"), variables);
    auto key = filled(step.attribute("policy", std::to_string(usual_policy_key)), variables);
    if (key != "none") line.policy_key = std::uint32_t(number(key));
    line.save_in_sent = step.attribute("save-in-sent") == "T";
    auto parameter = [&](char const* name) {
        return step.attributes.contains(name) ? std::optional(step.attribute(name)) : std::nullopt;
    };
    line.collection_id = parameter("collection-id");
    line.item_id = parameter("item-id");
    line.long_id = parameter("long-id");
    line.occurrence = parameter("occurrence");
    bool multipart = step.attribute("multipart") == "T";
    bool is_text = step.attribute("type").starts_with("text/") || step.attribute("type").starts_with("message/");
    auto session = [&] {
        return new command::Session{server_->rooms, user_,           line,   version, "Phone/1.0", multipart,
                                    "request-1",    running->hangup, is_text};
    };
    running->session.reset(session());
    auto body = body_of(step, variables);
    auto& r = *running;
    auto work = [](Running& to, std::string bytes) -> net::awaitable<void> {
        auto reply = co_await command::dispatch(*to.session, std::move(bytes));
        while (to.session->held) { // as the http room does
            auto executor = co_await net::asio::this_coro::executor;
            auto woken = std::make_shared<net::Timer>(executor, Clock::time_point::max());
            to.wake = [woken] { woken->expires_at(Clock::time_point::min()); };
            to.session->held->wait(to.wake);
            while (woken->expiry() == Clock::time_point::max())
                co_await woken->async_wait(net::asio::as_tuple(net::asio::use_awaitable));
            to.wake = nullptr;
            auto again = co_await command::look_again(*to.session);
            if (again) reply = std::move(*again);
        }
        to.reply = std::move(reply);
    };
    for (std::uint64_t n = std::max<std::uint64_t>(1, number(step.attribute("times"))); n > 1; --n) {
        std::unique_ptr<command::Session> again(session()); // only the last one's answer is looked at
        loop_->wait_for(command::dispatch(*again, body));
    }
    auto name = step.attribute("held");
    running_[name] = std::move(running);
    loop_->spawn(work(r, std::move(body)), [this](std::exception_ptr failure) {
        if (failure) faults_ += "dispatch threw; ";
    });
    settle(r);
}

// Until it has answered, or waits.
void Stage::settle(Running& running) {
    auto until = std::chrono::steady_clock::now() + seconds(30);
    auto turn = [](net::Loop& loop) -> net::awaitable<void> {
        co_await net::asio::post(loop.executor(), net::asio::use_awaitable);
    };
    while (!running.reply && !running.wake) {
        loop_->wait_for(turn(*loop_));
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error("no answer, and it does not wait either");
    }
}

bool Stage::waiting(std::string const& name) {
    auto turn = [](net::Loop& loop) -> net::awaitable<void> {
        co_await net::asio::post(loop.executor(), net::asio::use_awaitable);
    };
    auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    while (!running_.at(name)->reply && std::chrono::steady_clock::now() < until) loop_->wait_for(turn(*loop_));
    return !running_.at(name)->reply;
}

command::Reply Stage::reply(std::string const& name) {
    auto until = std::chrono::steady_clock::now() + seconds(10);
    auto& running = *running_.at(name);
    auto turn = [](net::Loop& loop) -> net::awaitable<void> {
        co_await net::asio::post(loop.executor(), net::asio::use_awaitable);
    };
    while (!running.reply) {
        loop_->wait_for(turn(*loop_));
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("'" + name + "' still waits");
    }
    for (auto const& [key, value] : running.session->notes)
        if (key == "invalid" || (key == "error" && conversation_.attribute("errors") != "expected"))
            faults_ += key + ": " + value + "; ";
    faults_ += unexplained(*running.session, shown(*running.reply));
    return *running.reply;
}

std::string Stage::shown(command::Reply const& reply) const {
    if (reply.body.empty()) return {};
    if (!reply.content_type.starts_with("application/vnd.ms-sync")) // a file
        return "<!-- " + reply.content_type + ": " + reply.body + " -->\n";
    if (!reply.content_type.ends_with("multipart")) return wbxml::to_xml(reply.body);
    auto word = [&](std::size_t at) {
        std::uint32_t n = 0;
        for (int i = 3; i >= 0; --i) n = n << 8 | std::uint8_t(reply.body.at(at + std::size_t(i)));
        return n;
    };
    std::string out;
    for (std::size_t i = 0; i < word(0); ++i) {
        auto part = reply.body.substr(word(multipart_word + 8 * i), word(multipart_word + 8 * i + 4));
        out += i == 0 ? wbxml::to_xml(part) : "<!-- part " + std::to_string(i) + ": " + part + " -->\n";
    }
    return out;
}

} // namespace godwit::transcripts
