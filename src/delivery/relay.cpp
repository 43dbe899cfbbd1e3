#include "delivery/relay.hpp"
#include "delivery/host_name.hpp"
#include <curl/curl.h>
#include <memory>
#include <stdexcept>

namespace godwit::delivery {
namespace {

constexpr long slowest_bytes_per_second = 8192; // what the whole transfer may take

// What was said on the wire, as libcurl shows it: one command at a time, each with its reply.
class Dialogue {
public:
    void sent(std::string_view command) {
        if (command.starts_with("MAIL FROM:"))
            step_ = Step::Mail;
        else if (command.starts_with("RCPT TO:"))
            step_ = Step::Recipient, recipients_.emplace_back();
        else if (command.starts_with("DATA"))
            step_ = Step::Data;
        else
            step_ = Step::Other;
    }
    void heard(std::string_view line) {
        while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() < 3) return;
        last_ = line;
        if (line.size() > 3 && line[3] == '-') return; // more lines follow
        switch (step_) {
        case Step::Other: break;
        case Step::Mail: mail_ = line; break;
        case Step::Recipient: recipients_.back() = line; break;
        case Step::Data:
            data_ = line;
            if (line.starts_with('3')) step_ = Step::Body, data_.clear();
            break;
        case Step::Body:
            data_ = line;
            step_ = Step::Other;
            break;
        }
    }
    // The recipient's own answer if it was a refusal, else that of the message.
    RelayReply reply_to(std::size_t recipient, std::string const& failure) const {
        if (mail_.starts_with('4') || mail_.starts_with('5')) return judged(mail_);
        auto const& own = recipient < recipients_.size() ? recipients_[recipient] : std::string();
        if (own.starts_with('4') || own.starts_with('5')) return judged(own);
        if (own.starts_with('2') && !data_.empty()) return judged(data_);
        return {Fate::TryLater, last_.starts_with('4') || last_.starts_with('5') ? last_ : failure};
    }

private:
    enum class Step { Other, Mail, Recipient, Data, Body };
    static RelayReply judged(std::string const& line) {
        // It wants TLS or another login first (RFC 3207 4, RFC 4954 6): nothing about the message or who it is for.
        for (auto const* code : {"530", "534", "535", "538"})
            if (line.starts_with(code)) return {Fate::TryLater, line};
        auto const fate = line.starts_with('2')   ? Fate::Accepted
                          : line.starts_with('5') ? Fate::Refused
                                                  : Fate::TryLater;
        return {fate, line};
    }
    Step step_ = Step::Other;
    std::string mail_, data_, last_;
    std::vector<std::string> recipients_;
};

struct Transfer {
    Dialogue dialogue;
    mime::RopeReader left;
    std::size_t size = 0;
    std::atomic<bool> const& stop;
};

int on_debug(CURL*, curl_infotype type, char* text, std::size_t size, void* transfer) {
    auto& dialogue = static_cast<Transfer*>(transfer)->dialogue;
    if (type == CURLINFO_HEADER_OUT) dialogue.sent({text, size});
    if (type == CURLINFO_HEADER_IN) dialogue.heard({text, size});
    return 0;
}

std::size_t on_read(char* into, std::size_t size, std::size_t count, void* transfer) {
    return static_cast<Transfer*>(transfer)->left.read({into, size * count});
}

std::size_t on_write(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
} // replies, not to stdout

int on_progress(void* transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(transfer)->stop ? 1 : 0;
}

struct Easy {
    CURL* handle = curl_easy_init();
    curl_slist* recipients = nullptr;
    Easy() {
        if (!handle) throw std::bad_alloc();
    }
    Easy(Easy const&) = delete;
    ~Easy() {
        curl_easy_cleanup(handle);
        curl_slist_free_all(recipients);
    }
    template <class T> void set(CURLoption option, T value) {
        auto const code = curl_easy_setopt(handle, option, value);
        if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
    }
};

void set_server(Easy& easy, config::Delivery const& config) {
    auto const scheme = config.relay_tls == "tls" ? "smtps" : "smtp";
    auto const host =
        config.relay_host.find(':') == std::string::npos ? config.relay_host : "[" + config.relay_host + "]";
    auto const url =
        std::string(scheme) + "://" + host + ":" + std::to_string(config.relay_port) + "/" + host_name(config);
    easy.set(CURLOPT_URL, url.c_str());
    easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    easy.set(CURLOPT_NOPROXY, "*"); // a proxy of the environment is not for mail
    easy.set(CURLOPT_USE_SSL, static_cast<long>(config.relay_tls == "none" ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    easy.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config.relay_ca.empty()) {
        easy.set(CURLOPT_CAINFO, config.relay_ca.c_str());
        easy.set(CURLOPT_CAPATH, nullptr); // that one and no other
    }
    if (!config.relay_user.empty()) {
        easy.set(CURLOPT_USERNAME, config.relay_user.c_str());
        easy.set(CURLOPT_PASSWORD, config.relay_password.c_str());
    }
}

void set_limits(Easy& easy, config::Delivery const& config, std::size_t size) {
    auto const patience = static_cast<long>(config.relay_timeout.count());
    easy.set(CURLOPT_NOSIGNAL, 1L);
    easy.set(CURLOPT_CONNECTTIMEOUT, patience);
    easy.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, patience);
    easy.set(CURLOPT_TIMEOUT, 4 * patience + static_cast<long>(size) / slowest_bytes_per_second);
}

void set_message(Easy& easy, std::string const& sender, std::vector<std::string> const& recipients,
                 Transfer& transfer) {
    if (!sender.empty()) easy.set(CURLOPT_MAIL_FROM, sender.c_str());
    for (auto const& recipient : recipients) {
        auto* const longer = curl_slist_append(easy.recipients, recipient.c_str());
        if (!longer) throw std::bad_alloc();
        easy.recipients = longer;
    }
    easy.set(CURLOPT_MAIL_RCPT, easy.recipients);
    easy.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); // the others get it all the same
    easy.set(CURLOPT_UPLOAD, 1L);
    easy.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer.size));
    easy.set(CURLOPT_READFUNCTION, &on_read);
    easy.set(CURLOPT_READDATA, &transfer);
    easy.set(CURLOPT_WRITEFUNCTION, &on_write);
    easy.set(CURLOPT_VERBOSE, 1L); // to us alone: the only way to each recipient's answer
    easy.set(CURLOPT_DEBUGFUNCTION, &on_debug);
    easy.set(CURLOPT_DEBUGDATA, &transfer);
    easy.set(CURLOPT_NOPROGRESS, 0L);
    easy.set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    easy.set(CURLOPT_XFERINFODATA, &transfer);
}

} // namespace

std::vector<RelayReply> submit(config::Delivery const& config, std::string const& sender,
                               std::vector<std::string> const& recipients, mime::Rope const& message,
                               std::atomic<bool> const& stop) {
    static auto const started = curl_global_init(CURL_GLOBAL_ALL); // once, whichever thread comes first
    if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
    Transfer transfer{.dialogue = {}, .left = mime::RopeReader(message), .size = message.size(), .stop = stop};
    Easy easy;
    set_server(easy, config);
    set_limits(easy, config, message.size());
    set_message(easy, sender, recipients, transfer);
    auto const code = curl_easy_perform(easy.handle);
    std::vector<RelayReply> replies;
    auto const failure = std::string(config.relay_host) + ": " + curl_easy_strerror(code);
    for (std::size_t i = 0; i < recipients.size(); ++i) replies.push_back(transfer.dialogue.reply_to(i, failure));
    return replies;
}

} // namespace godwit::delivery
