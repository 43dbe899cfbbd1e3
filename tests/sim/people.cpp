#include "people.hpp"
#include "office.hpp"
#include "source/folders.hpp"
#include <cstdio>
#include <spdlog/spdlog.h>

// What happens among people, step by step.
namespace godwit::sim {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::size_t persons = 3;
constexpr std::uint32_t windows[] = {100, 1, 3};
constexpr std::uint32_t fine = 0;
constexpr std::size_t quiet_rounds = 500;

} // namespace

directory::Directory& People::Office::directory() {
    static directory::Directory all(pool(), {}, {});
    return all;
}

net::Pool& People::Office::pool() {
    static net::Pool one(1);
    return one;
}

config::Config const& People::Office::config() {
    static config::Config const settings = [] {
        config::Config out;
        out.delivery.hostname = out.delivery.relay_host = "mail.example.org";
        out.delivery.recipients_per_day = 0;
        return out;
    }();
    return settings;
}

People::Office::Office(std::filesystem::path const& where, bool fresh, std::vector<directory::User> const& users)
    : accounts(pool(), where, index::Announce()), hub(loop.executor()), local(accounts, directory()),
      outbox(config().delivery, pool(), accounts, directory(), local),
      rooms{config(), pool(), accounts, directory(), hub, outbox} {
    if (!fresh) return;
    for (auto const& user : users) accounts.create(user.id);
}

// Each has two phones or more. Who has old ones organizes with the first alone; the others answer.
People::People(std::size_t phones, std::uint64_t turn, std::filesystem::path directory)
    : directory_(std::move(directory)), now_(days(20'000)) {
    constexpr eas::Version modern[]{eas::v16_1, eas::v16_0}, old[]{eas::v14_1, eas::v12_1, eas::v14_0};
    constexpr char const* names[]{"anna", "bert", "carla"};
    if (!spdlog::get("sim")) spdlog::set_level(spdlog::level::off);
    auto const lives = turn / towns;
    for (std::size_t i = 0; i < persons; ++i) {
        std::string const address = std::string(names[i]) + "@example.org";
        auto known = Office::directory().find(address);
        users_.push_back(known ? *known : Office::directory().add(address, names[i], {}, "x").value());
        bool const is_old = (lives + i) % 3 == 0;
        for (std::size_t n = 0; n < std::max<std::size_t>(phones - 1, 1); ++n) {
            Handset phone{.person = i,
                          .id = std::string(names[i]) + std::to_string(n),
                          .version = is_old && n == 0 ? old[lives / 3 % 3] : modern[(n + lives) % 2],
                          .organizes = n == 0 || !is_old,
                          .window = windows[(n + i + turn) % std::size(windows)]};
            if (n == 1 && lives % 4 == 1) phone.version = eas::v14_1, phone.organizes = false;
            phones_.push_back(std::move(phone));
        }
    }
    office_ = std::make_unique<Office>(directory_, true, users_);
}

People::~People() = default;

void People::reopen() {
    if (directory_.empty()) return;
    office_.reset();
    office_ = std::make_unique<Office>(directory_, false, users_);
}

std::optional<std::size_t> People::person_of(std::string_view address) const {
    for (std::size_t i = 0; i < users_.size(); ++i)
        if (itip::same_address(users_[i].address, address)) return i;
    return std::nullopt;
}

std::vector<std::string> People::addresses(std::size_t person) const { return {users_[person].address}; }

void People::play(Step const& step) {
    auto const& p = step.pick;
    now_ += std::chrono::seconds(1);
    net::Clock::frozen_utc = now_;
    if (traced) std::fputs(text({step}).c_str(), stderr);
    switch (step.what) {
    case What::Post:
    case What::PostTwice: {
        if (transit_.empty()) break;
        auto const which = transit_.begin() + std::ptrdiff_t(p[0] % transit_.size());
        auto const mail = *which;
        auto const done = deliver(p[1], [&] { return arrive(mail), true; });
        if (done && step.what == What::Post) transit_.erase(which);
        break;
    }
    case What::Sync: {
        auto& phone = phones_[p[0] % phones_.size()];
        sync_once(phone, p[2]);
        break;
    }
    case What::Clock: now_ += minutes(p[1] % 600); break;
    case What::Days: now_ += days(p[0] % 5); break;
    case What::Reopen: reopen(); break;
    case What::Quiet: quiet(); break;
    default: by_user(step.what, p);
    }
    collect();
}

void People::quiet() {
    for (std::size_t rounds = 0; rounds < quiet_rounds; ++rounds) {
        bool news = false;
        for (auto& phone : phones_) {
            net::Clock::frozen_utc = now_ += std::chrono::seconds(1);
            news |= sync_once(phone, fine);
            if (phone.answering) news = true, send_answer(phone, fine);
            if (!phone.letters.empty()) news = true, send_letters(phone, fine);
        }
        collect();
        news |= !transit_.empty();
        for (auto const& mail : std::exchange(transit_, {})) arrive(mail);
        if (!news) return check();
    }
    throw Broken("it never becomes quiet among people");
}

} // namespace godwit::sim
