#include "directory/memory.hpp"
#include <algorithm>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace godwit::directory {

Marker::Marker() {
    if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) throw std::runtime_error("no random bytes");
}

std::string Marker::mark(std::initializer_list<std::string_view> fields) const {
    std::string text;
    for (auto const& field : fields) {
        auto const size = static_cast<std::uint64_t>(field.size());
        text.append(reinterpret_cast<char const*>(&size), sizeof size);
        text += field;
    }
    std::string result(32, '\0');
    unsigned length = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<unsigned char const*>(text.data()),
         text.size(), reinterpret_cast<unsigned char*>(result.data()), &length);
    OPENSSL_cleanse(text.data(), text.size());
    return result;
}

bool MarkSet::holds(std::string const& mark, Clock::time_point now) {
    drop_old(now);
    return by_mark_.contains(mark);
}

void MarkSet::add(std::string mark, Clock::time_point now) {
    drop_old(now);
    if (lifetime_ <= lifetime_.zero() || by_mark_.contains(mark)) return;
    if (by_mark_.size() >= most_) {
        by_mark_.erase(by_age_.front().mark);
        by_age_.pop_front();
    }
    by_age_.push_back({mark, now + lifetime_});
    by_mark_.emplace(std::move(mark), std::prev(by_age_.end()));
}

void MarkSet::drop_old(Clock::time_point now) {
    while (!by_age_.empty() && by_age_.front().until <= now) {
        by_mark_.erase(by_age_.front().mark);
        by_age_.pop_front();
    }
}

bool Allowance::take(Clock::time_point now) {
    auto const passed = std::chrono::duration<double>(now - last_).count();
    if (passed > 0) left_ = std::min(most_, left_ + passed * per_second_);
    last_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
}

} // namespace godwit::directory
