#include "app/work_share.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#ifdef HEADWAY_MPI
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#endif

namespace headway {

namespace {

constexpr std::size_t kMostAtOnce = 16;

}  // namespace

#ifdef HEADWAY_MPI

namespace {

// Set by the launchers of Open MPI, MPICH and Slurm's PMI; without one this process is alone, and starting MPI is not worth its time.
bool launched_with_others() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

}  // namespace

struct WorkShare::Group {
  MPI_Win window = MPI_WIN_NULL;
  unsigned long long* counters = nullptr;

  explicit Group(int process) {
    const MPI_Aint size = process == 0 ? 2 * sizeof(unsigned long long) : 0;
    MPI_Win_allocate(size, sizeof(unsigned long long), MPI_INFO_NULL, MPI_COMM_WORLD, static_cast<void*>(&counters), &window);
    if (process == 0) counters[0] = counters[1] = 0;
    MPI_Barrier(MPI_COMM_WORLD);
  }
  ~Group() {
    MPI_Win_free(&window);
    MPI_Finalize();
  }
};

WorkShare::WorkShare() {
  if (!launched_with_others()) return;
  int provided = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &process_);
  MPI_Comm_size(MPI_COMM_WORLD, &processes_);
  group_ = std::make_unique<Group>(process_);
}

void WorkShare::meet() {
  if (group_) MPI_Barrier(MPI_COMM_WORLD);
}

std::size_t WorkShare::take(int counter, std::size_t amount) {
  if (!group_) return std::exchange(counters_[counter], counters_[counter] + amount);
  const unsigned long long add = amount;
  unsigned long long before = 0;
  MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, group_->window);
  MPI_Fetch_and_op(&add, &before, MPI_UNSIGNED_LONG_LONG, 0, counter, MPI_SUM, group_->window);
  MPI_Win_unlock(0, group_->window);
  return before;
}

#else

struct WorkShare::Group {};

WorkShare::WorkShare() = default;
void WorkShare::meet() {}
std::size_t WorkShare::take(int counter, std::size_t amount) {
  return std::exchange(counters_[counter], counters_[counter] + amount);
}

#endif

WorkShare::~WorkShare() = default;

std::optional<std::size_t> WorkShare::next(std::size_t items) {
  if (next_ == last_) {
    const std::size_t share = items / (8 * static_cast<std::size_t>(processes_));
    const std::size_t amount = std::clamp<std::size_t>(share, 1, kMostAtOnce);
    next_ = take(0, amount);
    last_ = std::min(next_ + amount, items);
    if (next_ >= items) {
      next_ = last_ = items;
      return std::nullopt;
    }
  }
  return next_++;
}

bool WorkShare::complete(std::size_t done, std::size_t items) {
  const std::size_t before = take(1, done);
  return before < items && before + done == items;
}

}  // namespace headway
