// What one message of about 20 KB costs from bytes to eas::Email, HTML cut at 32 KB (issue 2, "Speed and memory": at
// most 0.25 ms a message for the whole initial Sync).
#include "convert/email.hpp"

#include <benchmark/benchmark.h>

using namespace godwit;

namespace {

std::string message(std::string_view encoding, std::string_view charset, std::string_view line) {
    std::string html = "<html><head><style>p{color:red}</style></head><body>\r\n";
    while (html.size() < 18'000) html += line;
    std::string head = "Received: from a.example.org by b.example.org; Sat, 21 Nov 2026 21:50:00 +0000\r\n";
    for (int i = 0; i < 3; ++i)
        head += "Received: from x (x [192.0.2.1])\r\n\tby y with ESMTPS; Sat, 21 Nov 2026 21:50:00 +0000\r\n";
    head += "From: =?utf-8?Q?J=C3=B8rn?= <j@example.org>\r\nTo: \"Erika\" <erika@example.org>, "
            "b@example.org\r\nSubject: Figures for May\r\n"
            "Date: Sat, 21 Nov 2026 21:50:00 +0000\r\nMessage-ID: <m@example.org>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain; "
            "charset=utf-8\r\n\r\n";
    std::string plain(1500, 'x');
    return head + plain + "\r\n--=_b\r\nContent-Type: text/html; charset=" + std::string(charset) +
           "\r\nContent-Transfer-Encoding: " + std::string(encoding) + "\r\n\r\n" + html +
           "</body></html>\r\n--=_b--\r\n";
}

std::string const quoted =
    message("quoted-printable", "utf-8",
            "<p>Caf=C3=A9 <b>one</b> two, a <a href=3D\"https://x.org/\">link</a> and so on=\r\n.</p>\r\n");
std::string const legacy =
    message("8bit", "iso-8859-1", "<p>Caf\xE9 <b>one</b> two, a <a href=\"https://x.org/\">link</a>.</p>\r\n");

void convert_as(benchmark::State& state, std::string const& bytes, eas::BodyType type, std::uint32_t preview) {
    convert::BodyOptions options{{eas::BodyPreference{.type = type, .truncation_size = 32768, .preview = preview}}};
    convert::EmailState marks{.item = 1};
    for (auto _ : state) benchmark::DoNotOptimize(convert::email_from_bytes(bytes, marks, options, eas::v16_1));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
void parse_only(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(mime::Message::parse(quoted));
}

BENCHMARK(parse_only);
BENCHMARK_CAPTURE(convert_as, html_quoted_printable, quoted, eas::BodyType::Html, 0);
BENCHMARK_CAPTURE(convert_as, html_with_preview, quoted, eas::BodyType::Html, 255);
BENCHMARK_CAPTURE(convert_as, html_latin1, legacy, eas::BodyType::Html, 0);
BENCHMARK_CAPTURE(convert_as, plain_alternative, quoted, eas::BodyType::Plain, 0);

} // namespace

BENCHMARK_MAIN();
