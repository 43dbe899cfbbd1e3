// What surrounds one request, and what comes back. The http room fills a Session after its gates and calls dispatch();
// everything protocol-shaped (decode, handler, encode, statuses per version) happens behind it.
#pragma once
#include "config/config.hpp"
#include "directory/directory.hpp"
#include "eas/request_line.hpp"
#include "eas/version.hpp"
#include "index/accounts.hpp"
#include "net/async.hpp"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::sync {
class Hub;
}
namespace godwit::delivery {
class Outbox;
}

namespace godwit::command {

// What is kept in memory about the phones; only command/ looks inside (command/phones.hpp).
struct Phones;
std::shared_ptr<Phones> make_phones();

// The parts of the server that handlers call; made once by main, outlives every session.
struct Rooms {
    config::Config const& config;
    net::Pool& pool;
    index::Accounts& accounts;
    directory::Directory& directory;
    sync::Hub& hub;
    delivery::Outbox& outbox;
    std::shared_ptr<Phones> phones = make_phones();
};

// Why a held poll shall end early. http sets it, and looks again.
struct Hangup {
    bool gone = false;     // nobody reads the answer any more
    bool stopping = false; // the server stops, or the account may not sign in any more: answer "no change" at once
    bool flooded = false;  // more lies behind the request than may wait behind a held one: nobody sees who leaves
};

struct Reply {
    unsigned http_status = 200;
    std::string content_type = {}; // empty: none
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
};

struct Session;

// A request that has nothing to say yet. It is no coroutine: while it waits nothing is kept but this, its Session and
// its connection.
class Held {
public:
    virtual ~Held() = default;
    // Calls `wake`, on the loop, when it is worth looking again; perhaps at once, perhaps oftener than once.
    virtual void wait(std::function<void()> wake) = 0;
    // The answer; nothing: it waits on. Call look_again(), which never throws.
    virtual net::awaitable<std::optional<Reply>> look(Session& session) = 0;
};

struct Session {
    Rooms const& rooms;
    directory::User user;
    eas::RequestLine line; // command, device, policy key ...
    eas::Version version;  // that the answer must conform to
    std::string user_agent;
    bool multipart = false; // MS-ASAcceptMultiPart: T or option bit 0x02
    std::string request_id; // in the log line and the request-id header
    Hangup& hangup;
    bool text_body = false; // Content-Type names text or a message, so no WBXML was meant
    std::vector<std::pair<std::string, std::string>> notes = {};   // "key=value" for this request's one log line
    std::string device = {};                                       // the canonical DeviceId: dispatch fills it
    std::vector<std::pair<std::string, std::string>> headers = {}; // that the handler adds to the reply
    std::unique_ptr<Held> held = {}; // a handler that has nothing to say yet leaves this and ends
};

// Never throws: a failure is the command's own status or an HTTP code (law 5). If Session::held is set afterwards the
// reply is none: wait(), then look_again() until it has one.
net::awaitable<Reply> dispatch(Session& session, std::string body);
net::awaitable<std::optional<Reply>> look_again(Session& session);

} // namespace godwit::command
