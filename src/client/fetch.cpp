// ItemOperations Fetch: a body, a whole message or an attachment, inline or as parts.
#include "client/phone.hpp"
#include "client/request.hpp"
#include "wbxml/base64.hpp"

namespace godwit::client {
namespace airsyncbase = wbxml::airsyncbase;
namespace operations = wbxml::itemoperations;
using net::awaitable;

namespace {

// The bytes of a Part element, or nothing when there is none.
std::optional<std::string> part_of(Element const& holder, Reply const& reply) {
    auto number = holder.number(operations::Part);
    if (!number) return std::nullopt;
    if (*number == 0 || *number > reply.parts.size())
        throw Breach("ItemOperations: Part names a part that is not there");
    return reply.parts[*number - 1];
}

} // namespace

Element const* FetchAnswer::body() const { return property(properties, airsyncbase::Body); }

awaitable<FetchAnswer> Phone::fetch(FetchAsk ask) {
    Headers headers;
    if (ask.multipart) headers.emplace_back("MS-ASAcceptMultiPart", "T");
    auto reply = co_await command(eas::Command::ItemOperations, fetch_request(ask), std::move(headers));
    FetchAnswer answer{.http = reply.http.status};
    if (!reply.ok()) co_return answer;
    if (!reply.document) throw Breach("ItemOperations: an answer without a body");
    answer.status = reply.document->number(operations::Status).value_or(0);
    auto const* fetched = reply.document->child(operations::Response, operations::Fetch);
    if (!fetched) co_return answer;
    answer.status = fetched->number(operations::Status).value_or(0);
    auto const* properties = fetched->child(operations::Properties);
    if (!properties) co_return answer;
    answer.properties = properties->children;
    answer.range = properties->value(operations::Range);
    answer.total = properties->number(operations::Total);
    answer.content_type = properties->value(airsyncbase::ContentType);
    if (auto const* body = answer.body()) {
        answer.data = part_of(*body, reply).value_or(std::string(body->value(airsyncbase::Data)));
    } else if (auto part = part_of(*properties, reply)) {
        answer.data = *part;
    } else if (auto const* data = properties->child(operations::Data)) {
        auto decoded = data->opaque ? data->text : wbxml::from_base64(data->text);
        if (!decoded) throw Breach("ItemOperations: Data that is no base64");
        answer.data = std::move(*decoded);
    }
    co_return answer;
}

} // namespace godwit::client
