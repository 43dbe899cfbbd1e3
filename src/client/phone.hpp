// An Exchange ActiveSync client: what a phone says, in any version from 12.1 to 16.1, and what it remembers
// (model.hpp). Every answer is judged by the schema (eas/validate.hpp) and by the laws of the model: what does not hold
// is a Breach, with the element and the rule. A Status or an HTTP code is a value. Commands travel on one keep-alive
// connection, polls that wait (Ping, a hanging Sync) on a second one, as phones do it.
#pragma once
#include "client/connection.hpp"
#include "client/model.hpp"
#include "eas/command.hpp"
#include "eas/version.hpp"
#include <array>
#include <functional>

namespace godwit::client {

struct Settings {
    std::string url = "http://127.0.0.1:8080";
    std::string login = {}, password = {};
    std::string device_id = "GODWITCLIENT01", device_type = "GodwitClient", user_agent = "GodwitClient/1.0";
    eas::Version version = eas::v16_1;
    bool base64_query = false;
    bool gzip = true;  // accept compressed answers
    bool judge = true; // the load generator switches the schema off once it has been proved
    std::function<void(std::string const& xml)> answered = {}; // sees every document, after it was judged
    std::shared_ptr<net::TlsContext> tls = {};                 // none: verified against the system's authorities
    milliseconds patience{30'000};
};

// What stands in the query beside the phone's own names; up to 12.1 it says what an answer answers. Empty: not there.
struct Parameters {
    std::string attachment_name = {}, collection_id = {}, item_id = {}, long_id = {}, occurrence = {};
    bool save_in_sent = false;
};

struct Reply {
    HttpResponse http = {};
    std::optional<Element> document = {}; // of a WBXML body
    std::vector<std::string> parts = {};  // of a multipart body, from part 1 on
    std::string wbxml = {};               // as it came
    std::string xml() const;
    bool ok() const { return http.status == 200; }
};

struct SyncAsk {
    std::vector<Ask> collections = {};
    std::optional<unsigned> wait = {}, heartbeat = {}, window = {}; // minutes, seconds, items
    bool partial = false;
    bool repeat = false;      // an empty body: the same again (MS-ASCMD 2.2.1.21)
    bool lose_answer = false; // the server answers, the phone never hears it
};
struct SyncAnswer {
    unsigned http = 0;
    unsigned status = 0; // of the whole; 1 when the answer names none
    bool empty = false;  // no body: nothing new
    std::optional<unsigned> limit = {};
    std::map<std::string, Outcome> collections = {};
    Outcome const& of(std::string_view collection) const;
};

struct PingAsk {
    std::optional<unsigned> heartbeat = {};                        // seconds
    std::vector<std::pair<std::string, std::string>> folders = {}; // CollectionId and class; none: the cached ones
};
struct PingAnswer {
    unsigned http = 0, status = 0;
    std::vector<std::string> changed = {}; // CollectionIds
    std::optional<unsigned> heartbeat = {}, max_folders = {};
};

struct EstimateAnswer {
    unsigned http = 0, status = 0;
    std::optional<unsigned> estimate = {};
};
struct FetchAsk {
    std::string collection = {}, server_id = {}, file_reference = {}, long_id = {};
    unsigned body_type = 2; // 1 plain, 2 HTML, 4 MIME
    std::optional<unsigned> truncation = {};
    std::string range = {}; // "0-1023", of bytes
    bool multipart = false;
};
struct FetchAnswer {
    unsigned http = 0, status = 0;
    Element const* body() const;
    std::string data = {}; // of the attachment or body, decoded
    std::string content_type = {}, range = {};
    std::optional<unsigned> total = {};
    Properties properties = {};
};
struct FolderAsk {
    std::string id = {}, parent = "0", name = {}; // id: of a FolderUpdate alone
    unsigned type = 12;                           // of a FolderCreate: mail (MS-ASCMD 2.2.3.186.2)
};
struct FolderAnswer {
    unsigned http = 0, status = 0;
    std::string id = {}; // of what was made
};
struct MoveAsk {
    std::string item = {}, from = {}, to = {};
};
struct MoveAnswer {
    unsigned http = 0, status = 0;                                // of the whole, when it has one
    std::map<std::string, std::pair<unsigned, std::string>> of{}; // by the old ServerId: Status and the new one
};
struct AnswerAsk {
    bool forward = false;
    Parameters original = {}; // which message; from 14.0 on it stands in the document
    std::string mime = {}, client_id = {};
    bool save = true, replace_mime = false;
};
struct Autodiscovered {
    unsigned http = 0;
    std::string url = {}, address = {}, name = {}, error = {};
};
struct Offer { // of OPTIONS
    unsigned http = 0;
    std::vector<std::string> versions = {}, commands = {};
    std::string server = {};
};

class Phone {
public:
    explicit Phone(Settings settings);

    net::awaitable<Offer> options();
    net::awaitable<Autodiscovered> autodiscover(std::string address);
    net::awaitable<unsigned> provision(); // both phases; 1, or the first Status or HTTP code that is not good
    net::awaitable<unsigned> folder_sync();
    net::awaitable<unsigned> enrol(); // provision and folder_sync
    net::awaitable<SyncAnswer> sync(SyncAsk ask);
    // Primes with key 0 when needed and repeats until nothing more is to come; the Status, or the HTTP code.
    net::awaitable<unsigned> sync_all(std::string collection, unsigned window = 100, Properties options = {});
    net::awaitable<PingAnswer> ping(PingAsk ask);
    net::awaitable<EstimateAnswer> estimate(std::string collection, unsigned filter = 0);
    net::awaitable<FetchAnswer> fetch(FetchAsk ask);
    net::awaitable<unsigned> send_mail(std::string mime, std::string client_id,
                                       bool save); // 1, the Status or HTTP code
    // SmartReply and SmartForward, as send_mail().
    net::awaitable<unsigned> answer_mail(AnswerAsk ask);
    net::awaitable<MoveAnswer> move_items(std::vector<MoveAsk> moves);
    net::awaitable<FolderAnswer> create_folder(FolderAsk ask);
    net::awaitable<FolderAnswer> update_folder(FolderAsk ask);
    net::awaitable<FolderAnswer> delete_folder(std::string folder);
    net::awaitable<unsigned> empty_folder(std::string folder, bool sub_folders); // 1, the Status or HTTP code
    net::awaitable<FetchAnswer> get_attachment(std::string reference);           // up to 12.1; it has no Status
    net::awaitable<unsigned> describe_device();                                  // Settings, DeviceInformation
    net::awaitable<std::vector<std::string>> user_addresses();                   // Settings, UserInformation

    // Any command with any bytes; `poll`: on the connection for waiting, with this much more patience.
    net::awaitable<Reply> command(eas::Command command, std::string body, Headers headers = {},
                                  std::optional<milliseconds> poll = {}, Parameters parameters = {});
    HttpRequest request(eas::Command command, std::string body, Headers headers = {},
                        Parameters const& parameters = {}) const;

    Settings& settings() { return settings_; }
    Model& model() { return model_; }
    Connection& connection() { return commands_; }
    Connection& poll_connection() { return polls_; }
    std::string policy_key = {}; // decimal; empty: none yet
    std::string moved_to = {};   // X-MS-Location of the last 451

private:
    void judge(eas::Command command, Reply const& reply) const;
    Reply read(eas::Command command, HttpResponse response) const;
    net::awaitable<unsigned> provision_step(std::string const& body);
    net::awaitable<unsigned> compose(eas::Command command, std::string body, Parameters parameters);
    net::awaitable<FolderAnswer> edit_folders(eas::Command command, std::string body);
    net::awaitable<void> exchange_and_lose(HttpRequest const& request);
    SyncAnswer take(Reply const& reply, std::vector<Ask> const& asked, bool windowed);

    Settings settings_;
    Model model_ = {};
    Connection commands_, polls_;
    std::vector<Ask> last_asked_ = {};
    bool last_windowed_ = false;
};

// The children of Options as phones send them: HTML (2) or plain (1) bodies, cut, with this filter.
Properties mail_options(unsigned body_type, std::optional<unsigned> truncation, unsigned filter = 0,
                        unsigned mime_support = 0);
Element element(Tag tag, std::string_view text);
Element element(Tag tag, Properties children);

} // namespace godwit::client
