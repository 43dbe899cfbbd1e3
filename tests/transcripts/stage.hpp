// The whole server of a transcript but its sockets: a directory, an account, the rooms, frozen clocks.
#pragma once
#include "command/session.hpp"
#include "conversation.hpp"
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "net/loop.hpp"
#include "sync/hub.hpp"
#include <filesystem>
#include <memory>

namespace godwit::transcripts {

class Stage {
public:
    Stage(Step const& conversation, std::filesystem::path directory); // an empty directory: all in memory
    ~Stage();
    Stage(Stage const&) = delete;

    // Does a step that is no request and no response.
    void act(Step const& step, Variables const& variables);
    void request(Step const& step, Variables const& variables);
    command::Reply reply(std::string const& name); // waits for it
    bool waiting(std::string const& name);
    std::string shown(command::Reply const& reply) const; // as the text of a response
    std::string faults() const { return faults_; }

private:
    struct Running;
    struct Server;
    void start();
    void provision(std::string const& device);
    void settle(Running& running);

    Step conversation_;
    std::filesystem::path directory_;
    config::Config config_;
    std::unique_ptr<net::Loop> loop_;
    std::unique_ptr<Server> server_;
    std::map<std::string, std::unique_ptr<Running>> running_;
    std::map<std::string, bool> provisioned_;
    directory::User user_;
    std::string faults_;
};

} // namespace godwit::transcripts
