#include "cli/bench_plan.hpp"
#include "cli/outcome.hpp"
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace godwit::cli {

client::Settings settings_of(Plan const& plan, std::string login, std::string device) {
    using net::TlsContext;
    static auto const any = std::make_shared<TlsContext>(TlsContext::client(TlsContext::Verify::Nothing));
    client::Settings settings{.url = plan.url, .login = std::move(login), .password = plan.password};
    settings.device_id = std::move(device);
    settings.device_type = "GodwitBench";
    settings.user_agent = "GodwitBench/1.0";
    settings.tls = any;
    settings.patience = std::chrono::minutes(2);
    return settings;
}

client::Lmtp lmtp_of(Plan const& plan) {
    auto at = net::parse_endpoint(plan.lmtp);
    if (!at) throw Stop{Exit::Usage, "--lmtp is not ADDR:PORT: " + plan.lmtp};
    return {at->host, at->port};
}

void must(unsigned status, std::string_view what) {
    if (status != 1) throw Stop{Exit::Failure, fmt::format("{} was answered {}", what, status)};
}

void refuse_other_machines(Plan const& plan) {
    auto here = [](std::string_view host) { return host.starts_with("127.") || host == "::1" || host == "localhost"; };
    auto target = client::parse_url(plan.url);
    auto lmtp = net::parse_endpoint(plan.lmtp);
    if (!here(target.host) || !lmtp || !here(lmtp->host))
        throw Stop{Exit::Usage, "the load generator drives servers on this machine only: 127.0.0.1"};
}

std::vector<Enrolled> read_state(std::string const& file) {
    std::ifstream in(file);
    std::vector<Enrolled> devices;
    for (Enrolled d; in >> d.device >> d.login >> d.policy_key >> d.inbox;) devices.push_back(d);
    if (devices.empty()) throw Stop{Exit::NotFound, "no devices in '" + file + "': run `godwit bench enrol` first"};
    return devices;
}

std::string line_of(Enrolled const& d) {
    return fmt::format("{} {} {} {}\n", d.device, d.login, d.policy_key, d.inbox);
}

net::awaitable<Enrolled> enrol(client::Phone& phone) {
    auto status = co_await phone.enrol();
    must(status, "Provision and FolderSync");
    auto const* inbox = phone.model().of_type(2);
    if (!inbox) throw Stop{Exit::Failure, "the account has no Inbox"};
    auto const& settings = phone.settings();
    co_return Enrolled{settings.device_id, settings.login, phone.policy_key, inbox->id};
}

} // namespace godwit::cli
