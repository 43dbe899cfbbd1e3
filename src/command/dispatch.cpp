// One way for all: gates, decode, handler, encode; the only place where an exception becomes an answer (STYLE
// "Errors").
#include "command/gate.hpp"
#include "command/handlers.hpp"
#include "command/phones.hpp"
#include "command/reply.hpp"
#include "command/table.hpp"
#include "eas/status.hpp"
#include "eas/validate.hpp"
#include "index/transaction.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/xml.hpp"
#include <algorithm>
#include <array>
#include <cstdlib>
#include <ranges>
#include <spdlog/spdlog.h>

namespace godwit::command {
namespace {

// Called inside a catch.
Reply failure(Session& session, Row const& row) {
    try {
        throw;
    } catch (index::StoreFull const& full) {
        note(session, "error", full.what());
        return retry_later(usual_wait);
    } catch (std::exception const& error) {
        note(session, "error", error.what());
    } catch (...) {
        note(session, "error", "not an exception");
    }
    return status_reply(session, row, row.failed);
}

// A command that the protocol has and this server does not: 137, and 501 where no document can say so.
Reply unsupported(Session& session) {
    note(session, "error", "no such command here");
    return http_reply(501);
}

// Builds with sanitizers check every answer against the schema, so that any test that sees a wrong one fails; a release
// trusts its tests.
#ifdef GODWIT_CHECK_ANSWERS
void check(Session const& session, Reply const& reply) {
    if (reply.http_status != 200) return;
    bool multipart = reply.content_type == multipart_type;
    if (!multipart && reply.content_type != wbxml_type && !reply.body.empty()) return; // an attachment is no document
    auto document = multipart ? first_part(reply.body) : std::string_view(reply.body);
    auto wrong = eas::validate_response(document, session.line.command, session.version);
    if (!wrong) return;
    spdlog::critical("an answer that breaks the schema: {} at {}: {}\n{}", eas::name(session.line.command),
                     eas::name(session.version), eas::to_string(*wrong), wbxml::to_xml(document));
    spdlog::shutdown();
    std::abort();
}
#else
void check(Session const&, Reply const&) {}
#endif

// With log.level "debug" a request's line shows both documents; personal content is replaced by its length (law 10).
void note_document(Session& session, std::string_view key, std::string_view document) {
    constexpr std::size_t longest_text = 200, longest = 16'384;
    if (document.empty() || !spdlog::should_log(spdlog::level::debug)) return;
    auto const xml = wbxml::to_xml(document, {.redact = true, .max_text = longest_text});
    std::string line;
    for (auto const part : std::views::split(std::string_view(xml), '\n')) {
        if (line.size() >= longest) break;
        auto const text = std::string_view(part);
        line += text.substr(std::min(text.find_first_not_of(' '), text.size()));
    }
    note(session, key, line);
}

// MS-ASCMD_R4828, R4830: who calls is not said.
Reply misnamed(Session const& session, Row const& row, eas::QueryError error) {
    auto const status = error == eas::QueryError::DeviceTypeInvalid ? eas::CommonStatus::DeviceTypeMissingOrInvalid
                                                                    : eas::CommonStatus::DeviceIdMissingOrInvalid;
    return status_reply(session, row, std::to_underlying(status));
}

// What the log says of an answer that refuses: each Status that is not well, with the id that stands beside it. Items
// that it brings are not looked into.
class Refusals {
public:
    // `told`: of its own commands a Sync has said more already.
    Refusals(std::string_view document, bool told) : reader_(document), page_(reader_.next().tag.page) {
        namespace tags = wbxml;
        for (auto event = reader_.next(); event.kind != wbxml::Event::End; event = reader_.next()) {
            if (event.kind == wbxml::Event::Close) close();
            if (event.kind != wbxml::Event::Open) continue;
            auto const& tag = event.tag;
            if (tag == tags::airsync::Commands || tag == tags::airsync::ApplicationData ||
                tag == tags::itemoperations::Properties || (told && tag == tags::airsync::Responses))
                reader_.skip();
            else if (tag.name == "Status" && (tag.page == page_ || tag == tags::settings::Status))
                status();
            else if (std::ranges::find(ids, tag.name) != ids.end())
                id();
            else
                ++depth_;
        }
    }
    // "12 of 4711, 8 of 1:5"; empty: all is well.
    std::string in_words() const {
        std::string out;
        for (auto const& [status, of] : list_) {
            out.append(out.empty() ? "" : ", ").append(status);
            if (!of.empty()) out.append(" of ").append(of);
        }
        return count_ > list_.size() ? out + ", " + std::to_string(count_) + " in all" : out;
    }

private:
    struct One {
        std::string status, of;
    };
    static constexpr std::size_t most = 3, longest_id = 64;
    static constexpr std::array<std::string_view, 7> ids = {"CollectionId", "ServerId", "ClientId",     "SrcMsgId",
                                                            "RequestId",    "LongId",   "FileReference"};

    bool well(std::string_view status) const {
        if (page_ == wbxml::move::Status.page) return status == "3";                // MS-ASCMD 2.2.3.177.10
        return status == "1" || (status == "2" && page_ == wbxml::ping::Ping.page); // 2.2.3.177.11
    }
    void status() {
        std::string text;
        if (!reader_.text(text) || well(text) || ++count_ > most) return;
        status_depth_ = depth_;
        list_.push_back({std::move(text), id_depth_ == depth_ ? id_ : std::string()});
    }
    // Before its Status, or behind it.
    void id() {
        if (!reader_.text(id_)) return;
        id_.resize(std::min(id_.size(), longest_id));
        id_depth_ = depth_;
        if (depth_ == status_depth_) list_.back().of = id_;
    }
    void close() {
        if (depth_ <= id_depth_) id_depth_ = 0;
        if (depth_ <= status_depth_) status_depth_ = 0;
        --depth_;
    }

    wbxml::Reader reader_;
    std::uint8_t page_;
    std::size_t depth_ = 1;                       // of what is open
    std::size_t id_depth_ = 0, status_depth_ = 0; // of the last of them, while its element is open
    std::size_t count_ = 0;
    std::string id_ = {};
    std::vector<One> list_ = {};
};

// A handler may have said more: "6 x2: the reason", with its own count of them. A Sync's is of its commands alone.
void note_refusals(Session& session, std::string_view document) {
    if (document.empty()) return;
    auto const told = std::ranges::find(session.notes, "refused", [](auto const& note) { return note.first; });
    bool const has = told != session.notes.end(), sync = session.line.command == eas::Command::Sync;
    auto const words = Refusals(document, has && sync).in_words();
    if (words.empty()) return;
    if (!has) return note(session, "refused", words);
    auto& more = told->second;
    more = sync ? words + ", " + more : words + more.substr(std::min(more.find(':'), more.size()));
}

net::awaitable<Reply> answer(Session& session, Row const& row, std::string body) {
    if (auto const error = session.line.misnamed) co_return misnamed(session, row, *error);
    auto refused = co_await pass_gates(session, row, body);
    if (refused) co_return std::move(*refused);
    bool mime = eas::has_mime_body(row.command, session.version);
    if (mime) {
        auto reply = co_await send_mime(session, row, std::move(body));
        co_return reply;
    }
    if (body.empty() && !row.may_be_empty) co_return malformed_reply(session, row, {"", eas::Rule::Required, row.spec});
    note_document(session, "asked", body);
    auto reply = co_await row.run(session, row, std::move(body));
    co_return reply;
}

void complete(Session& session, Reply& reply, bool failed) {
    if (failed) {
        session.held.reset();
        count_failure(session);
    }
    for (auto& header : session.headers) reply.headers.push_back(std::move(header));
    check(session, reply);
    auto const document = reply.content_type == wbxml_type       ? std::string_view(reply.body)
                          : reply.content_type == multipart_type ? first_part(reply.body)
                                                                 : std::string_view();
    note_refusals(session, document);
    note_document(session, "answered", document);
}

} // namespace

net::awaitable<Reply> dispatch(Session& session, std::string body) {
    session.device = eas::canonical_device_id(session.line.device_id);
    auto const* row = find(session.line.command);
    if (!row) co_return unsupported(session);
    Reply reply;
    bool failed = false;
    try {
        reply = co_await answer(session, *row, std::move(body));
        if (session.held) co_return Reply{};
    } catch (...) {
        reply = failure(session, *row);
        failed = true;
    }
    complete(session, reply, failed);
    co_return reply;
}

net::awaitable<std::optional<Reply>> look_again(Session& session) {
    std::optional<Reply> reply;
    bool failed = false;
    try {
        reply = co_await session.held->look(session);
        if (!reply) co_return std::nullopt;
    } catch (...) {
        reply = failure(session, *find(session.line.command));
        failed = true;
    }
    session.held.reset();
    complete(session, *reply, failed);
    co_return reply;
}

} // namespace godwit::command
