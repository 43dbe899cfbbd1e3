#include "convert/text_body.hpp"

#include "convert/body.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/html.hpp"

namespace godwit::convert {

eas::Body text_body(std::string_view text, BodyOptions const& options, eas::Version version) {
    auto message = "Content-Type: text/plain; charset=utf-8\r\n\r\n" + mime::to_crlf(mime::clean(std::string(text)));
    auto wanted = options;
    wanted.mime_support = eas::MimeSupport::Never; // it is no message
    return to_body(mime::Message::parse(message), wanted, version);
}

std::expected<std::optional<std::string>, std::string_view>
said_text(eas::Body const& said, std::optional<eas::Body> const& shown, std::string_view stored) {
    if (said.type == eas::BodyType::Rtf || said.type == eas::BodyType::Mime)
        return std::unexpected("a body that is no text");
    if (!said.data && said.truncated.value_or(false)) return std::nullopt;
    auto text = said.data ? with_plain_lines(said.data->bytes) : std::string();
    if (shown && shown->type == said.type && shown->data && with_plain_lines(shown->data->bytes) == text)
        return std::nullopt; // it may have been cut: of the rest the phone says nothing
    if (said.type == eas::BodyType::Html) text = with_plain_lines(mime::html_to_text(text));
    if (text == with_plain_lines(mime::clean(std::string(stored)))) return std::nullopt;
    return text;
}

std::string with_plain_lines(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r')
            out += text[i];
        else if (i + 1 == text.size() || text[i + 1] != '\n')
            out += '\n';
    }
    return out;
}

} // namespace godwit::convert
