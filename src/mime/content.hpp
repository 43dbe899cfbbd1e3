#pragma once
// The decoded content of a part, as a stream or as a range, without holding it twice.
#include "mime/message.hpp"

#include <memory>
#include <span>
#include <string>

namespace godwit::mime {

/// Pulls decoded bytes; holds a few hundred bytes of state beside the caller's buffer.
class ContentReader {
public:
    explicit ContentReader(Part const& part);
    ContentReader(ContentReader&&) noexcept;
    ContentReader& operator=(ContentReader&&) noexcept;
    ~ContentReader();

    /// Fills the buffer as far as the content goes; 0 means the end. Multipart and message parts give their raw bytes.
    std::size_t read(std::span<char> buffer);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Decoded bytes [offset, offset + length) (fewer at the end): `length` bytes are held, no more.
std::string content(Part const& part, std::size_t offset = 0, std::size_t length = SIZE_MAX);
/// Exact decoded size; walks the part once.
std::size_t content_size(Part const& part);
/// Near enough for EstimatedDataSize; does not walk the part.
std::size_t estimated_size(Part const& part);

/// A text part in clean UTF-8, from its charset; decodes little more than `enough` bytes.
std::string text_content(Part const& part, std::size_t enough = SIZE_MAX);

} // namespace godwit::mime
