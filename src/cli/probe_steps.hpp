// The steps of a phone's first minute against a server, each with its time and a verdict for people. Each step stands
// on those before it: what can no longer be tried is Skipped, with the step that stopped it.
#pragma once
#include "client/blocking.hpp"
#include <functional>
#include <string>
#include <vector>

namespace godwit::cli {

struct Asked {
    std::string url = {}, login = {}, password = {};
    std::string version = {};    // empty: the highest that both speak
    bool password_stdin = false; // the only way; says so on the command line
    bool insecure = false;       // any certificate will do
    unsigned hold = 3;           // seconds that a Ping must be held
    unsigned patience = 30;      // seconds for any answer
};

enum class Verdict : std::uint8_t { Good, Doubtful, Bad, Skipped };

struct Step {
    std::string name;
    Verdict verdict = Verdict::Good;
    double milliseconds = 0;
    std::string finding = {}; // what was seen
    std::string advice = {};  // what to do next; empty when nothing is
};

// Exit codes of the probe, by the first step that is Bad.
enum class ProbeExit : int { Good = 0, Protocol = 1, Usage = 2, Unreachable = 3, Tls = 4, Login = 5, Access = 6 };

class Probe {
public:
    Probe(Asked asked, std::function<void(Step const&)> told);
    ProbeExit run();
    std::vector<Step> const& steps() const { return steps_; }

private:
    using Work = void (Probe::*)(Step&);
    void step(std::string name, Work work, ProbeExit otherwise);
    void find_host(Step&);
    void connect(Step&);
    void look_at_certificate(Step&);
    void ask_options(Step&);
    void ask_autodiscover(Step&);
    void provision(Step&);
    void list_folders(Step&);
    void sync_inbox(Step&);
    void fetch_body(Step&);
    void ask_estimate(Step&);
    void hold_ping(Step&);
    void choose_version(Step&, client::Offer const&);
    void refuse(Step&, std::string_view command, unsigned code);
    std::string inbox() const;

    Asked asked_;
    std::function<void(Step const&)> told_;
    client::Target target_;
    std::unique_ptr<client::BlockingPhone> phone_;
    std::vector<Step> steps_;
    ProbeExit exit_ = ProbeExit::Good;
};

} // namespace godwit::cli
