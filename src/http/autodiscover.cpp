#include "http/autodiscover.hpp"
#include "http/request.hpp"
#include <boost/json.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>
#include <libxml/parser.h>
#include <memory>
#include <optional>

namespace godwit::http {

namespace {
constexpr std::string_view mobilesync =
    "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";
constexpr std::string_view outer = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
constexpr std::size_t max_request = 65536;

struct FreeDocument {
    void operator()(xmlDoc* d) const { xmlFreeDoc(d); }
};

bool named(xmlNode const* node, char const* name) {
    return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, reinterpret_cast<xmlChar const*>(name));
}

xmlNode const* child(xmlNode const* parent, char const* name) {
    for (auto const* node = parent ? parent->children : nullptr; node; node = node->next)
        if (named(node, name)) return node;
    return nullptr;
}

std::string text_of(xmlNode const* node) {
    std::string out;
    for (auto const* piece = node ? node->children : nullptr; piece; piece = piece->next)
        if (piece->type == XML_TEXT_NODE || piece->type == XML_CDATA_SECTION_NODE)
            out += reinterpret_cast<char const*>(piece->content);
    auto const first = out.find_first_not_of(" \t\r\n"), last = out.find_last_not_of(" \t\r\n");
    return first == out.npos ? std::string() : out.substr(first, last - first + 1);
}

// The schema that the client can read; nothing when this is no Autodiscover request: one Request with both of its
// elements (MS-ASCMD_R3799, R703). A document type is refused: entities.
std::optional<std::string> wanted_schema(std::string_view request) {
    if (request.size() > max_request) return {};
    constexpr int quietly = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    std::unique_ptr<xmlDoc, FreeDocument> document(
        xmlReadMemory(request.data(), static_cast<int>(request.size()), nullptr, nullptr, quietly));
    auto const* root = document && !document->intSubset ? xmlDocGetRootElement(document.get()) : nullptr;
    if (!root || !named(root, "Autodiscover")) return {};
    auto const* asked = child(root, "Request");
    for (auto const* other = asked ? asked->next : nullptr; other; other = other->next)
        if (named(other, "Request")) return {};
    auto schema = text_of(child(asked, "AcceptableResponseSchema"));
    if (schema.empty() || text_of(child(asked, "EMailAddress")).empty()) return {};
    return schema;
}

std::string escaped(std::string_view s) {
    std::string out;
    for (char c : s) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (static_cast<unsigned char>(c) >= 0x20)
            out += c;
    }
    return out;
}

std::string error_document(int code, std::string_view message, std::string_view time_of_day) {
    return fmt::format("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover xmlns=\"{}\"><Response>"
                       "<Error Time=\"{}\" Id=\"1\"><ErrorCode>{}</ErrorCode><Message>{}</Message><DebugData/></Error>"
                       "</Response></Autodiscover>",
                       outer, time_of_day, code, message);
}

std::string json_error(std::string_view code, std::string_view message) {
    return boost::json::serialize(boost::json::object{{"ErrorCode", code}, {"ErrorMessage", message}});
}
} // namespace

std::string autodiscover_xml(std::string_view request, std::string_view url, std::string_view address,
                             std::string_view display_name, std::string_view time_of_day) {
    auto const schema = wanted_schema(request);
    if (!schema) return error_document(600, "Invalid Request", time_of_day);
    if (*schema != mobilesync) return error_document(601, "Provider is not available", time_of_day);
    auto const server = escaped(url);
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover xmlns=\"{}\"><Response xmlns=\"{}\">"
        "<Culture>en:us</Culture><User><DisplayName>{}</DisplayName><EMailAddress>{}</EMailAddress></User>"
        "<Action><Settings><Server><Type>MobileSync</Type><Url>{}</Url><Name>{}</Name></Server></Settings>"
        "</Action></Response></Autodiscover>",
        outer, mobilesync, escaped(display_name), escaped(address), server, server);
}

AutodiscoverAnswer autodiscover_json(std::string_view rest, std::string_view query, std::string_view server_url) {
    std::string protocol, email;
    auto const target = "/?" + std::string(query); // `url` is a view of it
    auto const url = boost::urls::parse_origin_form(target);
    if (!url) return {400, json_error("InvalidRequest", "The query is malformed.")};
    for (auto const& parameter : url->params()) {
        if (same_text(parameter.key, "Protocol")) protocol = parameter.value;
        if (same_text(parameter.key, "Email")) email = parameter.value;
    }
    if (auto const slash = rest.rfind('/'); email.empty() && slash != rest.npos) email = rest.substr(slash + 1);
    if (email.empty() || same_text(email, "v1.0"))
        return {400, json_error("MandatoryParameterMissing", "The address is missing.")};
    if (protocol.empty()) return {400, json_error("MandatoryParameterMissing", "The Protocol is missing.")};
    std::string path;
    if (same_text(protocol, "ActiveSync")) path = "/Microsoft-Server-ActiveSync";
    if (same_text(protocol, "AutodiscoverV1")) path = "/Autodiscover/Autodiscover.xml";
    if (path.empty()) return {400, json_error("InvalidProtocol", "Supported protocols: ActiveSync, AutodiscoverV1.")};
    boost::json::object const answer{{"Protocol", protocol}, {"Url", std::string(server_url) + path}};
    return {200, boost::json::serialize(answer)};
}

} // namespace godwit::http
