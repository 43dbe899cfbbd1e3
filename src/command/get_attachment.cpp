// MS-ASCMD 2.2.1.7 GetAttachment, up to 12.1: the file itself is the answer, whatever is wrong is an HTTP code. Its
// name is the FileReference that the item was shown with.
#include "command/attachment.hpp"
#include "command/handlers.hpp"
#include "command/reply.hpp"
#include <algorithm>

namespace godwit::command {
namespace {

constexpr unsigned bad_request = 400, gone = 500, not_here = 501;

// What a message calls its part goes into a header only if it looks like a type.
std::string type_of(std::string const& named) {
    auto fits = [](char c) {
        auto u = static_cast<unsigned char>(c);
        return u > ' ' && u < 0x7F && std::string_view("()<>@,;:\\\"[]?=").find(c) == std::string_view::npos;
    };
    bool looks_right = std::ranges::count(named, '/') == 1 && std::ranges::all_of(named, fits);
    return looks_right ? named : "application/octet-stream";
}

} // namespace

awaitable<Reply> get_attachment(Session& s, Row const&, std::string) {
    if (s.version > eas::v12_1) co_return http_reply(not_here); // MS-ASCMD_R5124 (trap 72)
    if (!s.line.attachment_name || s.line.attachment_name->empty()) co_return http_reply(bad_request);
    auto work = read_file(s, *s.line.attachment_name, std::nullopt, Form::Bytes);
    auto file = co_await std::move(work);
    if (file.status != eas::ItemOperationsStatus::Success) co_return http_reply(gone); // MS-ASCMD_R166
    co_return Reply{.content_type = type_of(file.properties.content_type.value_or("")), .body = std::move(file.bytes)};
}

} // namespace godwit::command
