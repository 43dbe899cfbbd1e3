// What a phone does to mail and folders beside Sync: it sends, answers, moves, empties, and edits the hierarchy.
#include "client/phone.hpp"
#include "client/request.hpp"

namespace godwit::client {
namespace composemail = wbxml::composemail;
namespace hierarchy = wbxml::folderhierarchy;
namespace moving = wbxml::move;
namespace operations = wbxml::itemoperations;
using net::awaitable;

awaitable<unsigned> Phone::compose(eas::Command command, std::string body, Parameters parameters) {
    auto reply = co_await this->command(command, std::move(body), {}, {}, std::move(parameters));
    if (!reply.ok()) co_return reply.http.status;
    if (!reply.document) co_return 1; // an empty body is success (MS-ASCMD 2.2.1.17)
    co_return reply.document->number(composemail::Status).value_or(0);
}

awaitable<unsigned> Phone::send_mail(std::string mime, std::string client_id, bool save) {
    bool bare = has_mime_body(eas::Command::SendMail, settings_.version);
    auto body = bare ? std::move(mime) : send_mail_request(mime, client_id, save);
    auto outcome = co_await compose(eas::Command::SendMail, std::move(body), {.save_in_sent = bare && save});
    co_return outcome;
}

awaitable<unsigned> Phone::answer_mail(AnswerAsk ask) {
    auto command = ask.forward ? eas::Command::SmartForward : eas::Command::SmartReply;
    bool bare = has_mime_body(command, settings_.version);
    auto body = bare ? ask.mime : answer_request(ask);
    auto parameters = bare ? std::move(ask.original) : Parameters{};
    parameters.save_in_sent = bare && ask.save;
    auto outcome = co_await compose(command, std::move(body), std::move(parameters));
    co_return outcome;
}

awaitable<MoveAnswer> Phone::move_items(std::vector<MoveAsk> moves) {
    auto reply = co_await command(eas::Command::MoveItems, move_request(moves));
    MoveAnswer answer{.http = reply.http.status};
    if (!reply.ok()) co_return answer;
    if (!reply.document) throw Breach("MoveItems: an answer without a body");
    answer.status = reply.document->number(moving::Status).value_or(0);
    for (auto const* one : reply.document->all(moving::Response)) {
        auto status = one->number(moving::Status).value_or(0);
        // MS-ASCMD 2.2.3.52: what has moved has a new id, and nothing else has one.
        if ((status == 3) == one->value(moving::DstMsgId).empty())
            throw Breach("MoveItems: Status 3 and DstMsgId belong together");
        answer.of[std::string(one->value(moving::SrcMsgId))] = {status, std::string(one->value(moving::DstMsgId))};
    }
    co_return answer;
}

// ---- the hierarchy
awaitable<FolderAnswer> Phone::edit_folders(eas::Command command, std::string body) {
    auto key = model_.folder_key;
    auto reply = co_await this->command(command, std::move(body));
    FolderAnswer answer{.http = reply.http.status};
    if (!reply.ok()) co_return answer;
    if (!reply.document) throw Breach(std::string(name(command)) + ": an answer without a body");
    answer.status = model_.take_folder_edit(*reply.document, key);
    answer.id = reply.document->value(hierarchy::ServerId);
    co_return answer;
}

awaitable<FolderAnswer> Phone::create_folder(FolderAsk ask) {
    auto body = folder_create_request(model_.folder_key, ask);
    auto answer = co_await edit_folders(eas::Command::FolderCreate, std::move(body));
    if (answer.status != 1) co_return answer;
    if (answer.id.empty() || model_.collections.contains(answer.id))
        throw Breach("FolderCreate: the id '" + answer.id + "' is no new one");
    model_.collections[answer.id] = {.id = answer.id, .parent = ask.parent, .name = ask.name, .type = ask.type};
    co_return answer;
}

awaitable<FolderAnswer> Phone::update_folder(FolderAsk ask) {
    auto body = folder_update_request(model_.folder_key, ask);
    auto answer = co_await edit_folders(eas::Command::FolderUpdate, std::move(body));
    if (answer.status != 1) co_return answer;
    auto& folder = model_.at(ask.id);
    folder.parent = ask.parent;
    folder.name = ask.name;
    co_return answer;
}

awaitable<FolderAnswer> Phone::delete_folder(std::string folder) {
    auto body = folder_delete_request(model_.folder_key, folder);
    auto answer = co_await edit_folders(eas::Command::FolderDelete, std::move(body));
    if (answer.status == 1) model_.collections.erase(folder); // what lay below, the next FolderSync tells
    co_return answer;
}

// ---- ItemOperations and GetAttachment
awaitable<unsigned> Phone::empty_folder(std::string folder, bool sub_folders) {
    auto reply = co_await command(eas::Command::ItemOperations, empty_folder_request(folder, sub_folders));
    if (!reply.ok()) co_return reply.http.status;
    if (!reply.document) throw Breach("ItemOperations: an answer without a body");
    auto const* emptied = reply.document->child(operations::Response, operations::EmptyFolderContents);
    co_return (emptied ? *emptied : *reply.document).number(operations::Status).value_or(0);
}

awaitable<FetchAnswer> Phone::get_attachment(std::string reference) {
    auto reply = co_await command(eas::Command::GetAttachment, {}, {}, {}, {.attachment_name = std::move(reference)});
    FetchAnswer answer{.http = reply.http.status};
    if (!reply.ok()) co_return answer;
    answer.content_type = reply.http.header("Content-Type");
    answer.data = std::move(reply.http.body);
    co_return answer;
}

} // namespace godwit::client
