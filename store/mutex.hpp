#pragma once
#include <condition_variable>
#include <mutex>

/// A mutex that clang's -Wthread-safety knows (libstdc++'s carries no annotations): a field marked
/// MOOT_GUARDED_BY that is touched without its lock does not compile.
#if defined(__clang__)
#define MOOT_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define MOOT_THREAD_ATTRIBUTE(x)
#endif
#define MOOT_GUARDED_BY(mutex) MOOT_THREAD_ATTRIBUTE(guarded_by(mutex))
#define MOOT_REQUIRES(mutex) MOOT_THREAD_ATTRIBUTE(requires_capability(mutex))

namespace moot::store {

class MOOT_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() MOOT_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() MOOT_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

class MOOT_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) MOOT_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() MOOT_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

class Condition {
 public:
  /// May wake without a reason: wait in a loop.
  void wait(Mutex& mutex) MOOT_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  void notify_all() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace moot::store
