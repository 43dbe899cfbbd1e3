// A Phone with a loop of its own, for what does one thing after the other: tests and the probe. Each call runs the loop
// until its answer is there. hold() leaves a Ping waiting while other calls go on; held() fetches its answer.
#pragma once
#include "client/phone.hpp"
#include "net/loop.hpp"

namespace godwit::client {

class BlockingPhone {
public:
    explicit BlockingPhone(Settings settings) : phone_(std::move(settings)) {}
    ~BlockingPhone();
    BlockingPhone(BlockingPhone const&) = delete;

    Offer options() { return loop_.wait_for(phone_.options()); }
    Autodiscovered autodiscover(std::string address) { return loop_.wait_for(phone_.autodiscover(std::move(address))); }
    unsigned provision() { return loop_.wait_for(phone_.provision()); }
    unsigned folder_sync() { return loop_.wait_for(phone_.folder_sync()); }
    unsigned enrol() { return loop_.wait_for(phone_.enrol()); }
    SyncAnswer sync(SyncAsk ask) { return loop_.wait_for(phone_.sync(std::move(ask))); }
    unsigned sync_all(std::string collection, unsigned window = 100, Properties options = {}) {
        return loop_.wait_for(phone_.sync_all(std::move(collection), window, std::move(options)));
    }
    PingAnswer ping(PingAsk ask) { return loop_.wait_for(phone_.ping(std::move(ask))); }
    EstimateAnswer estimate(std::string collection, unsigned filter = 0) {
        return loop_.wait_for(phone_.estimate(std::move(collection), filter));
    }
    FetchAnswer fetch(FetchAsk ask) { return loop_.wait_for(phone_.fetch(std::move(ask))); }
    unsigned send_mail(std::string mime, std::string client_id, bool save = true) {
        return loop_.wait_for(phone_.send_mail(std::move(mime), std::move(client_id), save));
    }
    unsigned answer_mail(AnswerAsk ask) { return loop_.wait_for(phone_.answer_mail(std::move(ask))); }
    MoveAnswer move_items(std::vector<MoveAsk> moves) { return loop_.wait_for(phone_.move_items(std::move(moves))); }
    FolderAnswer create_folder(FolderAsk ask) { return loop_.wait_for(phone_.create_folder(std::move(ask))); }
    FolderAnswer update_folder(FolderAsk ask) { return loop_.wait_for(phone_.update_folder(std::move(ask))); }
    FolderAnswer delete_folder(std::string folder) { return loop_.wait_for(phone_.delete_folder(std::move(folder))); }
    unsigned empty_folder(std::string folder, bool sub_folders = false) {
        return loop_.wait_for(phone_.empty_folder(std::move(folder), sub_folders));
    }
    FetchAnswer get_attachment(std::string reference) {
        return loop_.wait_for(phone_.get_attachment(std::move(reference)));
    }
    unsigned describe_device() { return loop_.wait_for(phone_.describe_device()); }
    std::vector<std::string> user_addresses() { return loop_.wait_for(phone_.user_addresses()); }
    Reply command(eas::Command command, std::string body, Headers headers = {}, Parameters parameters = {}) {
        return loop_.wait_for(phone_.command(command, std::move(body), std::move(headers), {}, std::move(parameters)));
    }
    HttpResponse exchange(HttpRequest request) {
        auto patience = phone_.settings().patience;
        return loop_.wait_for(phone_.connection().exchange(request, patience));
    }

    void hold(PingAsk ask);      // one at a time
    void hold_sync(SyncAsk ask); // a Sync with Wait or HeartbeatInterval
    bool holding() const { return held_ != nullptr; }
    // Its answer; nothing when it is still waiting after `patience`. A Failure or Breach of it is thrown here.
    std::optional<PingAnswer> held(milliseconds patience);
    std::optional<SyncAnswer> held_sync(milliseconds patience);
    void run_for(milliseconds time); // lets what is held go on

    Phone& phone() { return phone_; }
    Model& model() { return phone_.model(); }
    Settings& settings() { return phone_.settings(); }
    net::Loop& loop() { return loop_; }

private:
    struct Held {
        bool done = false;
        std::exception_ptr failure = {};
        std::optional<PingAnswer> ping = {};
        std::optional<SyncAnswer> sync = {};
    };
    void start(net::awaitable<void> work);
    bool wait(milliseconds patience);
    static net::awaitable<void> run_ping(Phone& phone, PingAsk ask, std::shared_ptr<Held> into);
    static net::awaitable<void> run_sync(Phone& phone, SyncAsk ask, std::shared_ptr<Held> into);
    static net::awaitable<void> until(std::shared_ptr<Held> held, milliseconds patience);

    net::Loop loop_;
    Phone phone_;
    std::shared_ptr<Held> held_;
};

} // namespace godwit::client
