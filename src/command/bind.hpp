// From a handler to its row in the table: decode, call, encode. The request is decoded and its bytes freed before the
// handler runs; a handler that waits holds nothing but what it moved out of the request.
#pragma once
#include "command/phones.hpp"
#include "command/reply.hpp"
#include "command/table.hpp"
#include "eas/schema.hpp"
#include "eas/status.hpp"
#include <type_traits>

namespace godwit::command {

template <class> struct Signature;
template <class Res, class Req> struct Signature<net::awaitable<Res> (*)(Session&, Req)> {
    using Request = Req;
    using Answer = Res;
};
template <class T> struct Answered {
    using Response = T;
};
template <class T> struct Answered<std::optional<T>> {
    using Response = T;
};
template <class T> struct Answered<WithParts<T>> {
    using Response = T;
};

template <class T> struct Bare {
    using type = T;
};
template <class T> struct Bare<std::optional<T>> {
    using type = T;
};

// A response that has no status of its own: the whole fails as a result that is of nothing in particular.
template <class Response>
concept OnlyResults =
    requires(Response response) { response.results; } && !requires(Response response) { response.status; };

template <class Response> std::string status_document(unsigned status, eas::Version version) {
    Response response{};
    auto set = [status]<class Status>(Status& place) { place = static_cast<typename Bare<Status>::type>(status); };
    if constexpr (OnlyResults<Response>)
        set(response.results.emplace_back().status);
    else
        set(response.status);
    return eas::encode(response, version);
}

template <class Status> constexpr unsigned number_of(Status status) { return std::to_underlying(status); }
template <class Status> constexpr unsigned number_of(std::optional<Status> status) {
    return status ? std::to_underlying(*status) : 0;
}

// What a handler says of the whole command with a common status is an HTTP code up to 12.1 (trap 43).
template <class T> Reply encode_reply(Session& s, Row const& row, T const& response) {
    unsigned status = 0;
    if constexpr (!OnlyResults<T>)
        status = number_of(response.status);
    else if (response.results.size() == 1) // of the command, or of the only thing that it was about
        status = number_of(response.results.front().status);
    if (s.version < eas::v14_0 && eas::is_common(status)) return status_reply(s, row, status);
    return wbxml_reply(eas::encode(response, s.version));
}
template <class T> Reply encode_reply(Session& s, Row const& row, std::optional<T> const& response) {
    return response ? encode_reply(s, row, *response) : Reply{};
}
template <class T> Reply encode_reply(Session& s, Row const& row, WithParts<T>& answer) {
    if (!s.multipart) return encode_reply(s, row, answer.response);
    auto document = eas::encode(answer.response, s.version);
    return {.content_type = std::string(multipart_type), .body = multipart_body(document, std::move(answer.parts))};
}

template <auto handle> net::awaitable<Reply> run(Session& s, Row const& row, std::string body) {
    using Request = typename Signature<decltype(handle)>::Request;
    eas::Decoded<Request> request;
    if (!body.empty()) request = eas::decode<Request>(body, s.version);
    if (!request) {
        if constexpr (requires { request->spoken; }) standing(s).last_sync.clear(); // MS-ASCMD_R674
        co_return malformed_reply(s, row, request.error());
    }
    if constexpr (requires { request->spoken; }) request->spoken = !body.empty();
    body = std::string();
    auto answer = co_await handle(s, std::move(*request));
    co_return encode_reply(s, row, answer);
}

template <auto handle> constexpr Row bind(Row row) {
    using Response = typename Answered<typename Signature<decltype(handle)>::Answer>::Response;
    row.run = run<handle>;
    row.status_only = status_document<Response>;
    return row;
}

} // namespace godwit::command
