#include "command/compose_mail.hpp"
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "convert/conversation.hpp"
#include "delivery/host_name.hpp"
#include "delivery/scheduling.hpp"
#include "eas/compose_mail.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include "mime/message.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <utility>

namespace godwit::command {
namespace {

using delivery::SendResult;
using eas::CommonStatus;

constexpr std::uint64_t enough_for_header = 256 << 10; // of an original that is not quoted

enum LastVerb : std::uint8_t { ReplyToSender = 1, ReplyToAll = 2, Forward = 3 }; // MS-ASEMAIL_R516 to R518

// Whether this could be a message at all: some header field, or nothing but a body is not what a phone composes.
bool looks_like_mime(std::string_view mime) { return mime.find(':') < mime.find('\n'); }

struct Original {
    index::Item item;
    bool deleted = false;                                       // lies in Deleted Items
    std::shared_ptr<std::string const> bytes = {};              // none: its content cannot be read
    std::optional<mime::Answering::Invitation> invitation = {}; // to one occurrence, in place of its own
    std::optional<eas::Instant> instance = {};                  // of a calendar item: the one that is meant
    MeetingQuote quote = {};                                    // of the meeting that a reply is to; not its mail
};

// In whichever folder it lies by now: "could not be found in the mailbox" (R4929) is not said of what was moved.
net::awaitable<std::optional<Original>> find_original(Session& s, SourceName name, bool whole) {
    auto look = [&s, name, whole](index::Transaction& tx) -> std::optional<Original> {
        auto item = tx.item(name.item);
        if (!item) return std::nullopt;
        Original found{.item = *item, .deleted = is_deleted(tx, *item)};
        try {
            bool const all = whole || item->item_class != index::ItemClass::Email; // half an event is none
            auto bytes = all ? source::fetch(tx, *item) : source::fetch_range(tx, *item, 0, enough_for_header);
            found.bytes = std::make_shared<std::string const>(std::move(bytes));
            found.instance = name.instance;
            bool const event = name.instance && item->item_class == index::ItemClass::Calendar;
            if (auto calendar = event ? delivery::calendar_of(*found.bytes) : std::nullopt)
                found.instance = occurrence_named(tx, std::move(*calendar), *name.instance, s);
        } catch (index::StoreBroken const&) { // one item's affair (law 4)
        }
        return found;
    };
    auto work = s.rooms.accounts.read(s.user.id, look);
    auto found = co_await std::move(work);
    co_return found;
}

// A reply to all reaches somebody whom the original reached, beside its author and ourselves.
LastVerb verb_of(mime::Verb verb, std::string_view written, std::string_view original,
                 directory::Directory const& directory, index::AccountId self) {
    if (verb == mime::Verb::forward) return Forward;
    auto const reached = mime::recipients(original);
    auto const answered = mime::recipients(written).all();
    auto is_other = [&](mime::Address const& one) {
        auto same = [&](std::string const& address) { return mime::equal_ignoring_case(address, one.address); };
        if (one.address.empty() || std::ranges::none_of(answered, same)) return false;
        auto const owner = directory.find(one.address);
        return !owner || owner->id != self;
    };
    bool all = std::ranges::any_of(reached.to, is_other) || std::ranges::any_of(reached.cc, is_other);
    return all ? ReplyToAll : ReplyToSender;
}

// One level more than what phones are told of the original (MS-ASEMAIL_R351, R352; MS-ASCON 2.2.2.4).
std::string thread_index_below(Original const& original) {
    if (original.item.item_class != index::ItemClass::Email) return {}; // a meeting is no conversation
    mime::HeaderBlock const header(*original.bytes);
    auto const date = header.raw("Date");
    auto const dated = date ? mime::parse_date(*date) : std::nullopt;
    return convert::answering_thread_index(header.raw("Thread-Index").value_or(""),
                                           dated ? convert::Time(*dated) : original.item.received, original.item.thread,
                                           net::Clock::utc());
}

// The two functions of a Sending: what makes the message, and what marks its original in the same transaction.
void bind_original(delivery::Sending& sending, Original const& original, AnswerMail const& answer, Session& s) {
    auto verb = std::make_shared<LastVerb>();
    mime::Answering how{.verb = answer.verb,
                        .token = delivery::random_id(),
                        .invitation = original.invitation,
                        .when = original.quote.when,
                        .where = original.quote.where,
                        .thread_index = thread_index_below(original)};
    sending.compose = [bytes = original.bytes, verb, how = std::move(how), replace = answer.replace_mime,
                       &directory = s.rooms.directory, self = s.user.id](std::string_view mime) {
        *verb = verb_of(how.verb, mime, *bytes, directory, self);
        auto made = replace ? mime::answer_as_written(mime, *bytes, how.thread_index) : mime::answer(mime, *bytes, how);
        made.body.keep(bytes);
        return made;
    };
    if (original.item.item_class != index::ItemClass::Email) return; // a phone is shown this of mail only
    sending.also = [id = original.item.id, verb](index::Transaction& tx) {
        auto item = tx.item(id);
        if (!item) return; // deleted while we composed
        item->marks.last_verb = *verb;
        item->marks.last_verb_time = net::Clock::utc();
        tx.set_marks(id, item->marks);
    };
}

// The organizer of a meeting that is passed on hears of it in the same transaction; that he cannot be told is no reason
// to send nothing.
net::awaitable<bool> tell_organizer(delivery::Sending& sending, Passed passed, Session& s) {
    auto work = s.rooms.pool.run([&] { return notice_of_forward(passed, sending.mime, s.user); });
    auto notice = co_await std::move(work);
    if (!notice) co_return false;
    delivery::Sending telling{.user = s.user,
                              .device = s.device,
                              .client_id = sending.client_id,
                              .mime = std::move(*notice),
                              .about = sending.about};
    sending.also = [first = std::move(sending.also), telling = std::move(telling), &rooms = s.rooms](auto& tx) {
        if (first) first(tx);
        hand_in_notice(tx, telling, rooms);
    };
    co_return true;
}

eas::ComposeSource source_of(eas::RequestLine const& line) {
    return {.folder_id = line.collection_id,
            .item_id = line.item_id,
            .long_id = line.long_id,
            .instance_id = line.occurrence};
}

} // namespace

std::optional<CommonStatus> status_of(SendResult result) {
    switch (result) {
    case SendResult::Sent: return std::nullopt;
    case SendResult::PreviouslySent: return CommonStatus::MessagePreviouslySent;
    case SendResult::NoRecipients: return CommonStatus::MessageHasNoRecipient;
    case SendResult::BadRecipient: return CommonStatus::MessageRecipientUnresolved;
    case SendResult::NoRelay: return CommonStatus::MailSubmissionFailed;
    case SendResult::TooLarge: return CommonStatus::AttachmentIsTooLarge;
    case SendResult::QuotaExceeded: return CommonStatus::MailboxQuotaExceeded; // R4837; 507 up to 12.1 (R7553)
    case SendResult::SendQuota: return CommonStatus::SendQuotaExceeded;        // R4841
    case SendResult::Failed: break;
    }
    return CommonStatus::ServerErrorRetryLater;
}

std::optional<CommonStatus> refused_parameters(std::optional<std::string> const& account_id,
                                               std::optional<std::string> const& template_id) {
    if (account_id) return CommonStatus::InvalidAccountId; // settings.cpp tells of none
    if (template_id) return CommonStatus::IRMFeatureDisabled;
    return std::nullopt;
}

std::expected<SourceName, CommonStatus> source_name(eas::ComposeSource const& source) {
    SourceName name;
    if (source.long_id) { // R3243
        if (source.folder_id || source.item_id || source.instance_id)
            return std::unexpected(CommonStatus::InvalidCombinationOfIDs);
        auto const id = parse_long_id(*source.long_id);
        if (!id) return std::unexpected(CommonStatus::InvalidIDs);
        name.item = *id;
        return name;
    }
    if (!source.item_id) return std::unexpected(CommonStatus::InvalidCombinationOfIDs);
    auto const id = parse_server_id(*source.item_id);
    if (!id || (source.folder_id && !parse_collection(*source.folder_id)))
        return std::unexpected(CommonStatus::InvalidIDs);
    if (source.instance_id) name.instance = eas::parse_time(*source.instance_id);
    if (source.instance_id && !name.instance) return std::unexpected(CommonStatus::InvalidDateTime); // R541, R578
    name.item = id->item;
    return name;
}

net::awaitable<std::optional<CommonStatus>> send_message(Session& s, delivery::Sending sending) {
    if (!looks_like_mime(sending.mime)) co_return CommonStatus::InvalidMIME;
    auto work = s.rooms.outbox.send(std::move(sending));
    auto result = co_await std::move(work);
    co_return status_of(result);
}

namespace {

std::shared_ptr<std::string const> shared(std::string text) {
    return std::make_shared<std::string const>(std::move(text));
}

// What a meeting is quoted or passed on as; a status says why it cannot be. To one that was called off one can still
// reply, but there is nothing to quote.
net::awaitable<std::optional<CommonStatus>> take_meeting(Session& s, AnswerMail& answer, Passed& passed,
                                                         Original& original) {
    if (passed.event && answer.replace_mime) { // the phone has put into its message what it wants
        original.bytes = shared({});
    } else if (answer.verb == mime::Verb::reply && (passed.event || passed.instance)) { // R574 to R576
        auto show = s.rooms.pool.run([&] { return meeting_as_quote(passed, s.user); });
        auto shown = co_await std::move(show);
        if (!shown && shown.error() != CommonStatus::MessageReplyFailed) co_return shown.error();
        if (shown) original.quote = std::move(*shown);
        if (passed.event) original.bytes = shared(std::exchange(original.quote.mail, {}));
        answer.replace_mime = answer.replace_mime || original.bytes->empty();
    } else if (passed.event) { // R537
        auto show = s.rooms.pool.run([&] { return event_as_mail(passed, s.user); });
        auto shown = co_await std::move(show);
        if (!shown) co_return shown.error();
        original.bytes = shared(std::move(*shown));
    } else if (passed.instance) {
        auto cut = s.rooms.pool.run([&] { return invitation_to_one(*original.bytes, *passed.instance, s.user); });
        auto one = co_await std::move(cut);
        if (!one) co_return one.error();
        original.invitation = std::move(*one);
        if (!original.invitation) passed.instance.reset(); // all of it is passed on
    }
    co_return std::nullopt;
}

} // namespace

net::awaitable<std::optional<CommonStatus>> answer_message(Session& s, AnswerMail answer) {
    if (!looks_like_mime(answer.sending.mime)) co_return CommonStatus::InvalidMIME;
    auto const name = source_name(answer.source);
    if (!name) co_return name.error();
    answer.sending.about = std::to_string(std::to_underlying(name->item));
    // The original may be gone since the first attempt, whose answer was lost: still the message was sent (law 1).
    auto known = s.rooms.outbox.sent_before(answer.sending);
    bool const sent_before = co_await std::move(known);
    if (sent_before) co_return CommonStatus::MessagePreviouslySent;
    auto look = find_original(s, *name, !answer.replace_mime || name->instance);
    auto original = co_await std::move(look);
    if (!original) co_return CommonStatus::ItemNotFound;                        // R4929
    bool const event = original->item.item_class == index::ItemClass::Calendar; // R537, R574
    if (!event && original->item.item_class != index::ItemClass::Email) co_return CommonStatus::UnexpectedItemClass;
    if (answer.replace_mime && !name->instance && !original->bytes) original->bytes = shared({}); // it is not wanted
    if (!original->bytes) co_return CommonStatus::MessageReplyFailed;
    Passed passed{
        .source = original->bytes, .event = event, .deleted = original->deleted, .instance = original->instance};
    auto take = take_meeting(s, answer, passed, *original);
    auto const refused = co_await std::move(take);
    if (refused) co_return refused;
    note(s, "original", std::to_string(original->item.size));
    bind_original(answer.sending, *original, answer, s);
    bool told = false;
    if (answer.verb == mime::Verb::forward) {
        auto tell = tell_organizer(answer.sending, passed, s);
        told = co_await std::move(tell);
    }
    auto work = send_message(s, std::move(answer.sending));
    auto const status = co_await std::move(work);
    if (told && !status) s.rooms.outbox.announce(s.user.id);
    co_return status;
}

net::awaitable<Reply> send_mime(Session& s, Row const& row, std::string mime) {
    delivery::Sending sending{
        .user = s.user, .device = s.device, .mime = std::move(mime), .save_in_sent = s.line.save_in_sent};
    std::optional<CommonStatus> status;
    if (row.command == eas::Command::SendMail) {
        auto work = send_message(s, std::move(sending));
        status = co_await std::move(work);
    } else {
        AnswerMail answer{.source = source_of(s.line), .sending = std::move(sending)};
        if (row.command == eas::Command::SmartForward) answer.verb = mime::Verb::forward;
        auto work = answer_message(s, std::move(answer));
        status = co_await std::move(work);
    }
    // There is no status for "sent before" here, and any failure would keep the message in the phone's outbox (law 1).
    if (!status || *status == CommonStatus::MessagePreviouslySent) co_return Reply{};
    co_return status_reply(s, row, std::to_underlying(*status));
}

} // namespace godwit::command
