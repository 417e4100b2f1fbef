// Who works on which points of a sweep: this process alone, or the processes that `mpirun` started together.
//
// Together they share one counter, in a window of the first process: each takes the next few points with MPI_Fetch_and_op and
// nobody waits for anybody. A second counter says how many points are done; the process that completes it merges the rows. A
// process that dies after its rows are written is missed by nobody.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

namespace headway {

class WorkShare {
 public:
  // Joins the others where there are any; `points` is how many there are to do.
  WorkShare();
  ~WorkShare();
  WorkShare(const WorkShare&) = delete;
  WorkShare& operator=(const WorkShare&) = delete;

  [[nodiscard]] int process() const { return process_; }
  [[nodiscard]] int processes() const { return processes_; }
  // Until all processes have come here.
  void meet();

  // The next item of 0 .. `items` - 1 that nobody else has; nothing when there are no more.
  [[nodiscard]] std::optional<std::size_t> next(std::size_t items);
  // Counts `done` items as written; true for the process that makes the count full.
  [[nodiscard]] bool complete(std::size_t done, std::size_t items);

 private:
  struct Group;
  std::size_t take(int counter, std::size_t amount);

  int process_ = 0, processes_ = 1;
  std::size_t next_ = 0, last_ = 0;  // of the points taken
  std::size_t counters_[2] = {0, 0};
  std::unique_ptr<Group> group_;
};

}  // namespace headway
