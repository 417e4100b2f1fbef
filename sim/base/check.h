// Two words for two failures: HEADWAY_CHECK guards our own invariants (exit code 1, a fault of ours);
// what a user got wrong is an InputError (base/diagnostic.h, exit code 2).
#pragma once

#include <stdexcept>
#include <string>

namespace headway {

class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void fail_check(const char* condition, const char* file, int line, const std::string& why) {
  throw InternalError(std::string(file) + ":" + std::to_string(line) + ": check failed: " + condition +
                      (why.empty() ? "" : " (" + why + ")"));
}

}  // namespace headway

#define HEADWAY_CHECK(condition, why)                                             \
  do {                                                                            \
    if (!(condition)) ::headway::fail_check(#condition, __FILE__, __LINE__, why); \
  } while (false)
