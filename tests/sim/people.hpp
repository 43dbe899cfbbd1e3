// People with an account and phones each, who invite one another, change and cancel what they have called, answer, and
// hear of all that by mail, which comes late, twice and in another order. Up to 14.1 their phones send that mail, from
// 16.0 on the server does. Whenever all mail has arrived and all phones have asked, their calendars agree (agree.cpp).
#pragma once
#include "command/session.hpp"
#include "command/sync_exchange.hpp"
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "fate.hpp"
#include "handset.hpp"
#include "itip/message.hpp"
#include "net/loop.hpp"
#include "script.hpp"
#include "sync/hub.hpp"
#include <array>
#include <filesystem>
#include <functional>

namespace godwit::sim {

// One life in seven is among people.
constexpr std::uint64_t towns = 7;
constexpr bool among_people(std::uint64_t seed) { return seed % towns == 2; }

class People {
public:
    // An empty directory: in memory. The turn says who has which phones.
    People(std::size_t phones, std::uint64_t turn, std::filesystem::path directory);
    ~People();
    void play(Step const&);
    void quiet();
    bool traced = false;

private:
    using Pick = std::array<std::uint32_t, 4>;
    struct Office; // the server around the accounts
    struct InTransit {
        std::size_t from = 0, to = 0;
        std::string mime = {};
    };
    struct Reply { // that somebody has mailed
        std::string answer = {};
        itip::Revision revision = {};
    };
    struct View; // of a stored event: agree.cpp

    void reopen();
    // what users do: meetings.cpp
    void by_user(What, Pick const&);
    void make(Handset&, Pick const&);
    void change(Handset&, What, Pick const&);
    void invite_others(Handset&, std::string const& id, Pick const&);
    void invite_to_one(Handset&, std::string const& id, Pick const&);
    void say(Handset&, std::string const& id, Wish const&);
    void forward(Handset&, Pick const&);
    command::Session session(Handset const&);
    void cancel(Handset&, Pick const&);
    void choose_answer(Handset&, Pick const&);
    std::optional<Answer> answer_to_mail(Handset&, std::uint32_t pick);
    std::optional<Answer> answer_in_calendar(Handset&, Pick const&);
    std::string uid_of(Handset const&, std::string const& server_id);
    std::vector<ical::Instant> occurrences_alone(Handset const&, std::string const& server_id);
    static std::string const* pick_event(Handset&, bool mine, std::uint32_t pick);
    // what phones and the server do: traffic.cpp
    bool sync_once(Handset&, std::uint32_t fate);
    eas::SyncResponse serve(Handset const&, eas::SyncRequest const&);
    static void tell(Handset const&);
    void refresh(Handset&);
    Thing shown(index::Transaction&, Handset const&, index::Item const&) const;
    void send_answer(Handset&, std::uint32_t fate);
    void answered(Handset&, eas::MeetingResult const&);
    void mail_changes(Handset&);
    void write_letters(Handset&, ical::Component const* before, ical::Component const* after);
    void send_letters(Handset&, std::uint32_t fate);
    void collect();
    void note(InTransit const&);
    void arrive(InTransit const&);
    // the laws: agree.cpp
    void check();
    void check_meeting(std::string const& uid, std::size_t organizer);
    bool counts_himself(View const& own) const;
    void check_guest(std::string const& uid, View const& own, View const& theirs, std::size_t guest);
    void check_alone(std::string const& uid, View const* own, View const* theirs, std::size_t guest);
    void check_answers(std::string const& uid, View const& own, View const& theirs, std::size_t guest);
    void check_phone(Handset const&);

    std::optional<std::size_t> person_of(std::string_view address) const;
    std::vector<std::string> addresses(std::size_t person) const;
    template <class F> auto write(std::size_t person, F f);
    template <class F> auto read(std::size_t person, F f);
    template <class Serve> auto deliver(std::uint32_t pick, Serve serve);

    std::filesystem::path directory_;
    std::vector<directory::User> users_;
    std::unique_ptr<Office> office_;
    std::vector<Handset> phones_;
    std::vector<InTransit> transit_;
    std::set<std::string> mailed_;                                      // what was handed in, to whom: never twice
    std::set<std::pair<std::string, std::size_t>> forwarded_;           // by UID, to whom
    std::map<std::pair<std::string, std::size_t>, std::uint32_t> told_; // by UID and guest: the highest SEQUENCE
    std::map<std::pair<std::string, std::size_t>, std::vector<std::pair<std::optional<ical::Instant>, Reply>>> replies_;
    std::map<std::pair<std::string, std::size_t>, std::set<ical::Instant>> removed_; // occurrences that are none of his
    std::map<std::pair<std::string, std::size_t>, std::set<ical::Instant>> declined_; // of these: by an answer
    index::Time now_;
    std::uint32_t wishes_ = 0;
    bool dies_ = false;
};

} // namespace godwit::sim
