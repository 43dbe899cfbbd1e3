#include "client/message.hpp"
#include <algorithm>
#include <charconv>
#include <zlib.h>

namespace godwit::client {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
    return s;
}

} // namespace

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string head_of(HttpRequest const& request, std::string_view host) {
    std::string out = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
    for (auto const& [name, value] : request.headers) out += name + ": " + value + "\r\n";
    if (!request.body.empty() || request.method == "POST")
        out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return out += "\r\n";
}

std::string_view HttpResponse::header(std::string_view name) const {
    for (auto const& [n, v] : headers)
        if (same_name(n, name)) return v;
    return {};
}

bool HttpResponse::keeps_alive() const { return !same_name(header("Connection"), "close"); }

void ResponseParser::fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
}

std::size_t ResponseParser::line(std::string_view bytes) {
    auto end = bytes.find('\n');
    line_complete_ = end != std::string_view::npos;
    auto taken = line_complete_ ? end + 1 : bytes.size();
    if (line_.size() + taken > 8192)
        fail("a line of a chunked body is longer than 8192 bytes");
    else
        line_.append(bytes.substr(0, taken));
    return taken;
}

// The head is collected whole: it ends with the first empty line.
std::size_t ResponseParser::head(std::string_view bytes) {
    auto before = line_.size();
    line_.append(bytes.substr(0, limits_.max_head + 1 - std::min(before, limits_.max_head)));
    auto from = before < 3 ? 0 : before - 3;
    auto end = line_.find("\r\n\r\n", from);
    if (end == std::string::npos) {
        if (line_.size() > limits_.max_head) fail("the head of the answer is longer than the limit");
        return bytes.size();
    }
    line_.resize(end + 2);
    parse_head();
    line_.clear();
    return end + 4 - before;
}

void ResponseParser::parse_head() {
    std::string_view rest = line_;
    auto first = trimmed(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(rest.find('\n') + 1);
    bool http = first.starts_with("HTTP/1.1 ") || first.starts_with("HTTP/1.0 ");
    if (!http || first.size() < 12) return fail("not an HTTP answer");
    auto [end, error] = std::from_chars(first.data() + 9, first.data() + 12, response_.status);
    if (error != std::errc{} || end != first.data() + 12) return fail("not an HTTP status");
    while (!rest.empty()) {
        auto text = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), text.size() + 1));
        auto colon = text.find(':');
        if (colon == std::string_view::npos || colon == 0) return fail("a header without a name");
        response_.headers.emplace_back(text.substr(0, colon), trimmed(text.substr(colon + 1)));
    }
    if (response_.status == 100) { // an interim answer: the real one follows (RFC 9110 15.2)
        response_ = {};
        return;
    }
    choose_body();
}

// RFC 9112 6.3
void ResponseParser::choose_body() {
    auto length = response_.header("Content-Length");
    if (!may_have_body_ || response_.status == 204 || response_.status == 304) {
        state_ = State::Done;
    } else if (auto coding = response_.header("Transfer-Encoding"); !coding.empty()) {
        if (!same_name(coding, "chunked")) return fail("an unknown Transfer-Encoding");
        state_ = State::ChunkSize;
    } else if (!length.empty()) {
        auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), left_);
        if (error != std::errc{} || end != length.data() + length.size()) return fail("Content-Length is not a number");
        if (left_ > limits_.max_body) return fail("the body of the answer is longer than the limit");
        state_ = left_ ? State::Body : State::Done;
    } else {
        state_ = State::UntilClose;
    }
}

std::size_t ResponseParser::content(std::string_view bytes, State next) {
    auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    response_.body.append(bytes.substr(0, taken));
    left_ -= taken;
    if (left_ == 0) state_ = next;
    return taken;
}

void ResponseParser::chunk_size() {
    auto text = trimmed(std::string_view(line_).substr(0, line_.find_first_of(";\n")));
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), left_, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return fail("a chunk's size is not a number");
    if (left_ > limits_.max_body - std::min<std::uint64_t>(limits_.max_body, response_.body.size()))
        return fail("the body of the answer is longer than the limit");
    state_ = left_ ? State::Chunk : State::Trailer;
}

std::size_t ResponseParser::feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !done() && !failed()) {
        auto rest = bytes.substr(taken);
        switch (state_) {
        case State::Head: taken += head(rest); break;
        case State::Body: taken += content(rest, State::Done); break;
        case State::Chunk: taken += content(rest, State::ChunkEnd); break;
        case State::UntilClose:
            if (response_.body.size() + rest.size() > limits_.max_body)
                fail("the body of the answer is longer than the limit");
            else
                response_.body.append(rest);
            taken += rest.size();
            break;
        case State::ChunkSize:
        case State::ChunkEnd:
        case State::Trailer:
            taken += line(rest);
            if (!line_complete_ || failed()) break;
            if (state_ == State::ChunkSize)
                chunk_size();
            else if (state_ == State::ChunkEnd)
                state_ = State::ChunkSize;
            else if (trimmed(std::string_view(line_).substr(0, line_.size() - 1)).empty())
                state_ = State::Done;
            line_.clear();
            break;
        case State::Done: break;
        }
    }
    return taken;
}

void ResponseParser::end_of_stream() {
    if (state_ == State::UntilClose) state_ = State::Done;
    if (!done())
        fail(started() ? "the connection ended in the middle of an answer" : "the connection ended without an answer");
}

std::optional<std::string> inflate_bytes(std::string_view compressed, std::size_t max_bytes) {
    z_stream z{};
    if (inflateInit2(&z, 15 + 32) != Z_OK) return std::nullopt; // 32: gzip or zlib, by its header
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    z.avail_in = static_cast<uInt>(compressed.size());
    std::string out;
    int result = Z_OK;
    while (result == Z_OK && out.size() <= max_bytes) {
        char buffer[16384];
        z.next_out = reinterpret_cast<Bytef*>(buffer);
        z.avail_out = sizeof buffer;
        result = inflate(&z, Z_NO_FLUSH);
        out.append(buffer, sizeof buffer - z.avail_out);
    }
    inflateEnd(&z);
    if (result != Z_STREAM_END || out.size() > max_bytes) return std::nullopt;
    return out;
}

std::string gzip_bytes(std::string_view plain) {
    z_stream z{};
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, plain.size()) + 32, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    z.avail_in = static_cast<uInt>(plain.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string base64(std::string_view bytes) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto at = [&](std::size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u; };
        unsigned n = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
        out += alphabet[n >> 18];
        out += alphabet[n >> 12 & 63];
        out += i + 1 < bytes.size() ? alphabet[n >> 6 & 63] : '=';
        out += i + 2 < bytes.size() ? alphabet[n & 63] : '=';
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (char c : text) {
        if (plain.contains(c)) {
            out += c;
        } else {
            static constexpr char hex[] = "0123456789ABCDEF";
            auto byte = static_cast<unsigned char>(c);
            out += {'%', hex[byte >> 4], hex[byte & 15]};
        }
    }
    return out;
}

} // namespace godwit::client
