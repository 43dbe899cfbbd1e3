// What every room that waits writes: awaitable<T>. The only spelling of Asio's coroutine type.
#pragma once
#include <boost/asio/awaitable.hpp>

namespace godwit::net {
namespace asio = boost::asio;
using asio::awaitable;
} // namespace godwit::net
