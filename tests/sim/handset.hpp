// A phone of somebody who meets others: its calendar as it was told, what its user has said and nobody has
// acknowledged, and, up to 14.1, the mails of scheduling that it sends itself.
#pragma once
#include "eas/meeting_response.hpp"
#include "eas/sync.hpp"
#include "ical/value.hpp"
#include "phone.hpp"
#include <deque>

namespace godwit::sim {

struct Held { // an event on the phone
    Thing event = {};
    bool partial = false; // it was made here: of what only the server says of it the phone knows nothing
    bool stale = false;   // what it said was refused, or has turned all upside down: it looks anew
    eas::Calendar const& calendar() const { return std::get<eas::Calendar>(event); }
    eas::Calendar& calendar() { return std::get<eas::Calendar>(event); }
};

struct Answer { // by MeetingResponse, said again until it is heard
    eas::MeetingReply reply = {};
    std::string uid = {}, organizer = {};
    std::optional<ical::Instant> occurrence = {};
};

struct Letter14 { // that the phone sends by itself
    std::string client_id = {}, mime = {};
};

struct Handset {
    std::size_t person = 0;
    std::string id = {};
    eas::Version version = {};
    bool organizes = true; // up to 14.1 one of a person's phones: two would count SEQUENCE each for itself
    std::uint32_t window = 100;
    std::string key = "0";
    std::map<std::string, Held> view = {}; // by ServerId; until that is known by ClientId
    std::vector<eas::ClientCommand> pending = {};
    bool repeated = false; // the last request was sent before: hearing something twice is right
    std::optional<Answer> answering = {};
    std::deque<Letter14> letters = {};
    std::map<std::string, ical::Component> mailed = {}; // by UID: what its mails have said of its meetings last
    std::set<std::string> unmailed = {};                // ids of meetings that its user has changed since
    std::uint32_t client_ids = 0;

    bool mails() const { return version < eas::v16_0; }
    std::string next_client_id() { return id + "-" + std::to_string(++client_ids); }

    eas::SyncRequest request(std::string const& folder) const;
    void receive(eas::SyncResponse const& response); // Broken: it would be confused
    void refused(std::string const& server_id);

private:
    void take(eas::CommandResponse const& response);
    void take(eas::ServerCommand const& command);
    void hold(std::string const& server_id, eas::Fragment const& said, bool known);
};

} // namespace godwit::sim
