#include "client/phone.hpp"
#include "client/request.hpp"
#include "eas/validate.hpp"
#include "wbxml/xml.hpp"
#include <algorithm>

namespace godwit::client {
namespace airsync = wbxml::airsync;
namespace estimates = wbxml::getitemestimate;
namespace pings = wbxml::ping;
namespace policies = wbxml::provision;
namespace settings_page = wbxml::settings;
using net::awaitable;
using std::chrono::seconds;

namespace {

constexpr std::string_view active_sync_path = "/Microsoft-Server-ActiveSync";

Target target_of(Settings const& settings) {
    auto target = parse_url(settings.url);
    if (target.path == "/") target.path = active_sync_path;
    return target;
}

std::vector<std::string> listed(std::string_view commas) {
    std::vector<std::string> out;
    while (!commas.empty()) {
        auto one = commas.substr(0, commas.find(','));
        commas.remove_prefix(std::min(commas.size(), one.size() + 1));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (!one.empty()) out.emplace_back(one);
    }
    return out;
}

// The content of the first <name> of an Autodiscover answer; the few entities that an address or URL may hold.
std::string xml_value(std::string_view xml, std::string const& name) {
    auto open = xml.find('<' + name + '>');
    if (open == std::string_view::npos) return {};
    xml.remove_prefix(open + name.size() + 2);
    std::string out(xml.substr(0, xml.find('<')));
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> entities{
        {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}}};
    for (auto const& [entity, plain] : entities)
        for (auto at = out.find(entity); at != std::string::npos; at = out.find(entity, at + 1))
            out.replace(at, entity.size(), plain);
    return out;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t n = 0;
    for (int i = 3; i >= 0; --i) n = n << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    return n;
}

// Part 0 is the WBXML, the others follow (MS-ASCMD 2.2.1.10.1; trap 68).
std::vector<std::string> split_parts(std::string_view body) {
    auto bad = [] { return Breach("a multipart answer whose parts do not fit its length"); };
    if (body.size() < 4) throw bad();
    std::size_t count = little_endian(body, 0);
    if (count == 0 || count > (body.size() - 4) / 8) throw bad();
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t offset = little_endian(body, 4 + 8 * i), length = little_endian(body, 8 + 8 * i);
        if (offset > body.size() || length > body.size() - offset) throw bad();
        parts.emplace_back(body.substr(offset, length));
    }
    return parts;
}

} // namespace

std::string Reply::xml() const { return wbxml::to_xml(wbxml); }

Outcome const& SyncAnswer::of(std::string_view collection) const {
    static Outcome const unnamed;
    auto at = collections.find(std::string(collection));
    return at == collections.end() ? unnamed : at->second;
}

Element element(Tag tag, std::string_view text) { return {.tag = tag, .text = std::string(text)}; }
Element element(Tag tag, Properties children) { return {.tag = tag, .children = std::move(children)}; }

Properties mail_options(unsigned body_type, std::optional<unsigned> truncation, unsigned filter,
                        unsigned mime_support) {
    namespace airsyncbase = wbxml::airsyncbase;
    Properties options{element(airsync::FilterType, std::to_string(filter)),
                       element(airsync::MIMESupport, std::to_string(mime_support))};
    Properties preference{element(airsyncbase::Type, std::to_string(body_type))};
    if (truncation) preference.push_back(element(airsyncbase::TruncationSize, std::to_string(*truncation)));
    options.push_back(element(airsyncbase::BodyPreference, std::move(preference)));
    return options;
}

Phone::Phone(Settings settings)
    : settings_(std::move(settings)), commands_(target_of(settings_), settings_.tls),
      polls_(target_of(settings_), settings_.tls) {}

// ---- one request
// -----------------------------------------------------------------------------------------------------
HttpRequest Phone::request(eas::Command command, std::string body, Headers headers,
                           Parameters const& parameters) const {
    HttpRequest out{.body = std::move(body)};
    auto multipart = std::ranges::find(headers, std::string("MS-ASAcceptMultiPart"), &Headers::value_type::first);
    bool wants_parts = multipart != headers.end();
    if (wants_parts && settings_.base64_query) headers.erase(multipart); // the option bit says it
    auto query = settings_.base64_query ? base64(binary_query(settings_, command, policy_key, parameters, wants_parts))
                                        : plain_query(settings_, command, parameters);
    out.target = commands_.target().path + '?' + query;
    out.headers = std::move(headers);
    out.headers.emplace_back("Authorization", "Basic " + base64(settings_.login + ':' + settings_.password));
    out.headers.emplace_back("User-Agent", settings_.user_agent);
    if (settings_.gzip) out.headers.emplace_back("Accept-Encoding", "gzip");
    if (!settings_.base64_query) {
        out.headers.emplace_back("MS-ASProtocolVersion", name(settings_.version));
        if (!policy_key.empty()) out.headers.emplace_back("X-MS-PolicyKey", policy_key);
    }
    bool mime = has_mime_body(command, settings_.version);
    if (!out.body.empty())
        out.headers.emplace_back("Content-Type", mime ? "message/rfc822" : "application/vnd.ms-sync.wbxml");
    return out;
}

awaitable<Reply> Phone::command(eas::Command command, std::string body, Headers headers,
                                std::optional<milliseconds> poll, Parameters parameters) {
    auto outgoing = request(command, std::move(body), std::move(headers), parameters);
    auto& connection = poll ? polls_ : commands_;
    auto patience = settings_.patience + poll.value_or(milliseconds(0));
    // Only what MS-ASCMD makes harmless to repeat; SendMail has a ClientId from 14.0 on.
    bool again = !has_mime_body(command, settings_.version);
    auto response = co_await connection.exchange(outgoing, patience, again);
    if (response.status == 451) moved_to = response.header("X-MS-Location");
    auto reply = read(command, std::move(response));
    if (settings_.judge) judge(command, reply);
    co_return reply;
}

Reply Phone::read(eas::Command command, HttpResponse response) const {
    Reply reply{.http = std::move(response)};
    if (same_name(reply.http.header("Content-Encoding"), "gzip")) {
        auto plain = inflate_bytes(reply.http.body, std::size_t{256} << 20);
        if (!plain) throw Breach("Content-Encoding says gzip, the body is not");
        reply.http.body = std::move(*plain);
    }
    // The answer to GetAttachment is the file itself (MS-ASCMD 2.2.1.7).
    if (!reply.ok() || reply.http.body.empty() || command == eas::Command::GetAttachment) return reply;
    auto type = reply.http.header("Content-Type");
    if (type == "application/vnd.ms-sync.multipart") {
        reply.parts = split_parts(reply.http.body);
        reply.wbxml = std::move(reply.parts.front());
        reply.parts.erase(reply.parts.begin());
    } else if (type == "application/vnd.ms-sync.wbxml") {
        reply.wbxml = reply.http.body;
    } else {
        throw Breach(std::string(name(command)) + ": Content-Type is '" + std::string(type) + "'");
    }
    auto document = parse_document(reply.wbxml);
    if (!document) throw Breach(std::string(name(command)) + ": the answer is not WBXML: " + document.error());
    reply.document = std::move(*document);
    return reply;
}

void Phone::judge(eas::Command command, Reply const& reply) const {
    if (!reply.ok() || command == eas::Command::GetAttachment) return;
    auto violation = eas::validate_response(reply.wbxml, command, settings_.version);
    if (!violation) {
        if (settings_.answered && reply.document) settings_.answered(reply.xml());
        return;
    }
    auto xml = reply.xml();
    if (xml.size() > 4000) xml = xml.substr(0, 4000) + "...";
    throw Breach(std::string(name(command)) + " " + std::string(name(settings_.version)) + ": " +
                 to_string(*violation) + "\n" + xml);
}

// ---- what a phone does
// --------------------------------------------------------------------------------------------------
awaitable<Offer> Phone::options() {
    HttpRequest ask{.method = "OPTIONS", .target = commands_.target().path};
    ask.headers.emplace_back("Authorization", "Basic " + base64(settings_.login + ':' + settings_.password));
    ask.headers.emplace_back("User-Agent", settings_.user_agent);
    auto response = co_await commands_.exchange(ask, settings_.patience);
    if (response.status == 451) moved_to = response.header("X-MS-Location");
    co_return Offer{.http = response.status,
                    .versions = listed(response.header("MS-ASProtocolVersions")),
                    .commands = listed(response.header("MS-ASProtocolCommands")),
                    .server = std::string(response.header("MS-Server-ActiveSync"))};
}

awaitable<Autodiscovered> Phone::autodiscover(std::string address) {
    HttpRequest ask{.target = "/Autodiscover/Autodiscover.xml", .body = autodiscover_request(address)};
    ask.headers.emplace_back("Authorization", "Basic " + base64(settings_.login + ':' + settings_.password));
    ask.headers.emplace_back("User-Agent", settings_.user_agent);
    ask.headers.emplace_back("Content-Type", "text/xml");
    auto response = co_await commands_.exchange(ask, settings_.patience);
    co_return Autodiscovered{.http = response.status,
                             .url = xml_value(response.body, "Url"),
                             .address = xml_value(response.body, "EMailAddress"),
                             .name = xml_value(response.body, "DisplayName"),
                             .error = xml_value(response.body, "Message")};
}

awaitable<unsigned> Phone::provision_step(std::string const& body) {
    auto reply = co_await command(eas::Command::Provision, body);
    if (!reply.ok()) co_return reply.http.status;
    if (!reply.document) throw Breach("Provision: an answer without a body");
    if (auto status = reply.document->number(policies::Status); status != 1u) co_return status.value_or(0);
    auto const* policy = reply.document->child(policies::Policies, policies::Policy);
    if (!policy) co_return 2; // there is no policy for this phone
    if (auto status = policy->number(policies::Status); status != 1u) co_return status.value_or(0);
    std::string key(policy->value(policies::PolicyKey));
    if (!Element::to_number(key)) throw Breach("Provision: the policy key '" + key + "' is not a number");
    if (key == policy_key) throw Breach("Provision: the same policy key twice (trap 51)");
    policy_key = key;
    co_return 1;
}

awaitable<unsigned> Phone::provision() {
    policy_key.clear();
    auto asked = co_await provision_step(provision_request(settings_));
    if (asked != 1) co_return asked;
    auto acknowledged = co_await provision_step(provision_acknowledgement(policy_key));
    co_return acknowledged;
}

awaitable<unsigned> Phone::folder_sync() {
    auto key = model_.folder_key;
    auto reply = co_await command(eas::Command::FolderSync, folder_sync_request(key));
    if (!reply.ok()) co_return reply.http.status;
    if (!reply.document) throw Breach("FolderSync: an answer without a body");
    co_return model_.take_folders(*reply.document, key);
}

awaitable<unsigned> Phone::enrol() {
    auto provisioned = co_await provision();
    if (provisioned != 1) co_return provisioned;
    auto listed_folders = co_await folder_sync();
    co_return listed_folders;
}

awaitable<void> Phone::exchange_and_lose(HttpRequest const& outgoing) {
    auto bytes = head_of(outgoing, commands_.target().host_header()) + outgoing.body;
    if (!commands_.is_open()) co_await commands_.open(settings_.patience);
    co_await commands_.send(bytes, settings_.patience);
    auto& stream = commands_.stream();
    stream.deadline(settings_.patience);
    auto answered = co_await stream.wait_readable(); // what the server did is done; nobody reads of it
    commands_.close();
    if (!answered) throw Failure(Failure::Cut, "the answer that was to be lost never came");
}

awaitable<SyncAnswer> Phone::sync(SyncAsk ask) {
    auto body = sync_request(ask, model_);
    if (ask.lose_answer) {
        auto outgoing = request(eas::Command::Sync, std::move(body));
        co_await exchange_and_lose(outgoing);
        co_return SyncAnswer{};
    }
    if (!ask.repeat && !ask.partial) {
        last_asked_ = ask.collections;
        last_windowed_ = ask.window.has_value();
    }
    if (ask.partial) // what the request names anew, and the rest as before (trap 17)
        for (auto const& one : ask.collections) {
            auto at = std::ranges::find(last_asked_, one.collection, &Ask::collection);
            if (at == last_asked_.end())
                last_asked_.push_back(one);
            else
                *at = one;
        }
    auto waits = ask.wait.value_or(0) * 60 + ask.heartbeat.value_or(0);
    std::optional<milliseconds> poll;
    if (waits) poll = seconds(waits);
    auto reply = co_await command(eas::Command::Sync, std::move(body), {}, poll);
    co_return take(reply, last_asked_, last_windowed_);
}

SyncAnswer Phone::take(Reply const& reply, std::vector<Ask> const& asked, bool windowed) {
    SyncAnswer answer{.http = reply.http.status};
    if (!reply.ok()) return answer;
    answer.status = 1;
    answer.empty = !reply.document;
    if (answer.empty) {
        for (auto const& ask : asked)
            if (!ask.edits.empty()) throw Breach("Sync: an empty answer to a request with commands");
        return answer;
    }
    if (auto status = reply.document->number(airsync::Status)) answer.status = *status;
    answer.limit = reply.document->number(airsync::Limit);
    answer.collections = model_.take_sync(*reply.document, asked, windowed);
    return answer;
}

awaitable<unsigned> Phone::sync_all(std::string collection, unsigned window, Properties options) {
    for (int rounds = 0; rounds < 100'000; ++rounds) {
        Ask ask{.collection = collection};
        bool prime = model_.collections[collection].key == "0";
        if (!prime) ask.window = window;
        if (!options.empty()) ask.options = options;
        auto answer = co_await sync({.collections = {std::move(ask)}});
        if (answer.http != 200) co_return answer.http;
        if (answer.status != 1) co_return answer.status;
        if (answer.empty) co_return 1;
        auto const& outcome = answer.of(collection);
        if (outcome.status > 1) co_return outcome.status;
        if (!prime && !outcome.more) co_return 1;
    }
    throw Breach("Sync: MoreAvailable without an end");
}

awaitable<PingAnswer> Phone::ping(PingAsk ask) {
    seconds longest(ask.heartbeat.value_or(3540));
    auto reply = co_await command(eas::Command::Ping, ping_request(ask), {}, longest);
    PingAnswer answer{.http = reply.http.status};
    if (!reply.ok()) co_return answer;
    if (!reply.document) throw Breach("Ping: an answer without a body");
    auto const& document = *reply.document;
    answer.status = document.number(pings::Status).value_or(0);
    answer.heartbeat = document.number(pings::HeartbeatInterval);
    answer.max_folders = document.number(pings::MaxFolders);
    if (auto const* folders = document.child(pings::Folders))
        for (auto const& folder : folders->children) answer.changed.push_back(folder.text);
    if ((answer.status == 2) == answer.changed.empty()) throw Breach("Ping: Status 2 and Folders belong together");
    co_return answer;
}

awaitable<EstimateAnswer> Phone::estimate(std::string collection, unsigned filter) {
    auto key = model_.at(collection).key;
    auto body = estimate_request(settings_.version, collection, key, filter);
    auto reply = co_await command(eas::Command::GetItemEstimate, std::move(body));
    EstimateAnswer answer{.http = reply.http.status};
    if (!reply.document) co_return answer;
    answer.status = reply.document->number(estimates::Status).value_or(0);
    if (auto const* response = reply.document->child(estimates::Response)) {
        answer.status = response->number(estimates::Status).value_or(0);
        answer.estimate = response->number(estimates::Collection, estimates::Estimate);
    }
    co_return answer;
}

awaitable<unsigned> Phone::describe_device() {
    auto reply = co_await command(eas::Command::Settings, device_request(settings_));
    if (!reply.ok()) co_return reply.http.status;
    if (!reply.document) throw Breach("Settings: an answer without a body");
    auto whole = reply.document->number(settings_page::Status).value_or(0);
    if (whole != 1) co_return whole;
    co_return reply.document->number(settings_page::DeviceInformation, settings_page::Status).value_or(0);
}

awaitable<std::vector<std::string>> Phone::user_addresses() {
    auto reply = co_await command(eas::Command::Settings, user_request());
    if (!reply.document) throw Failure(Failure::Http, "Settings: HTTP " + std::to_string(reply.http.status));
    std::vector<std::string> found;
    std::vector<Element const*> open{&*reply.document};
    while (!open.empty()) {
        auto const* e = open.back();
        open.pop_back();
        bool address = e->tag == settings_page::SMTPAddress || e->tag == settings_page::PrimarySmtpAddress;
        if (address && std::ranges::find(found, e->text) == found.end()) found.push_back(e->text);
        for (auto const& c : e->children) open.push_back(&c);
    }
    co_return found;
}

} // namespace godwit::client
