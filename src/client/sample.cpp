#include "client/sample.hpp"
#include <array>
#include <string_view>

namespace godwit::client {
namespace {

// Numerical Recipes' generator: cheap, and good enough for prose.
class Words {
public:
    explicit Words(unsigned seed) : state_(seed * 2654435761u + 12345u) {}
    std::string_view next() {
        static constexpr std::array<std::string_view, 16> words{
            "figures", "meeting", "Thursday", "draft", "would",  "please", "attached", "the",
            "offer",   "station", "answer",   "train", "budget", "Grüße",  "until",    "colleagues"};
        state_ = state_ * 1664525u + 1013904223u;
        return words[state_ >> 24 & 15];
    }
    std::string prose(std::size_t bytes, std::string_view line_end) {
        std::string out;
        while (out.size() < bytes) {
            for (int i = 0; i < 10; ++i) out.append(next()).append(" ");
            out += line_end;
        }
        return out;
    }

private:
    unsigned state_;
};

std::string date(unsigned number) {
    static constexpr std::array<std::string_view, 6> months{"Jun", "Jul", "Aug", "Sep", "Oct", "Nov"};
    auto two = [](unsigned n) { return std::to_string(10 + n); };
    return two(number / 1440 % 18) + ' ' + std::string(months[number / 25920 % 6]) + " 2026 " + two(number / 60 % 14) +
           ':' + two(number % 50) + ":00 +0000";
}

} // namespace

std::string sample_message(unsigned number, std::size_t bytes) {
    Words words(number);
    auto n = std::to_string(number), edge = "=_part_" + n;
    std::string out = "Message-ID: <" + n + "@sample.invalid>\r\nDate: " + date(number) +
                      "\r\nFrom: \"Max Beispiel\" <max@sample.invalid>\r\nTo: erika@sample.invalid\r\n"
                      "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe,?= " +
                      std::string(words.next()) + ' ' + n +
                      "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"" + edge + "\"\r\n\r\n";
    auto part = [&](std::string_view type, std::string const& text) {
        out += "--" + edge + "\r\nContent-Type: " + std::string(type) +
               "; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + "\r\n";
    };
    part("text/plain", words.prose(bytes / 4, "\r\n"));
    part("text/html",
         "<html><body><p>" + words.prose(bytes - bytes / 4, "</p>\r\n<p style=\"margin:0\">") + "</p></body></html>");
    return out + "--" + edge + "--\r\n";
}

} // namespace godwit::client
