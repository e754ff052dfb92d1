#pragma once
#include <lmdb.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "store/layout.hpp"
#include "store/mutex.hpp"
#include "store/store.hpp"

/// Internal: the only header that knows LMDB. Nothing outside of the .cpp files includes it.
namespace moot::store {

/// The open LMDB environment and the gate before its map.
///
/// LMDB lets the map grow, or the environment be opened anew, only while no transaction of this
/// process is open. Every transaction therefore enters through the gate; whoever changes the
/// environment closes the gate, waits for those inside (reads last milliseconds) and opens it
/// again. Any thread, but one writer at a time. A thread must not begin a transaction inside
/// another one of its own.
class Environment {
 public:
  static Result<std::unique_ptr<Environment>, Fault> open(const std::filesystem::path& folder,
                                                          const OpenOptions& options);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  bool is_read_only() const { return read_only_; }
  /// Grows the map ahead of need so that `bytes` more fit: doubled up to 1 GiB, then by 1 GiB at a
  /// time. Not inside a transaction.
  Result<Done, Fault> make_room(std::uint64_t bytes);
  /// Closes and opens it again: LMDB wants this after a failed write of its root pages. Not inside
  /// a transaction.
  Result<Done, Fault> reopen();
  /// Writes all rows into a new file beside the old one, puts it in the old one's place and opens
  /// it. Reads go on while it is written and wait while it is opened. Not inside a transaction, nor
  /// while another thread may write.
  Result<Done, Fault> compact();
  /// Writes all rows, as of now, into a store in a new folder. Any thread, not inside a
  /// transaction.
  Result<Done, Fault> copy_to(const std::filesystem::path& folder);
  /// Forgets readers that died with their processes.
  void check_readers();
  /// What an error of LMDB or of the system means; `bytes` is what the transaction would have
  /// written.
  Fault fault_of(int error, std::uint64_t bytes) const;
  std::uint64_t bytes_on_disk() const;
  std::uint64_t map_bytes() const;

 private:
  friend class Transaction;
  friend class ReadTransaction;
  friend class WriteTransaction;

  /// Has the gate to itself for as long as it lives.
  class Alone {
   public:
    explicit Alone(Environment& environment);
    ~Alone();
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

   private:
    Environment& environment_;
  };

  Environment(std::filesystem::path folder, bool read_only)
      : folder_(std::move(folder)), read_only_(read_only) {}
  Result<Done, Fault> start();
  Result<Done, Fault> open_tables(bool create);
  Result<std::uint32_t, int> read_format(MDB_txn* transaction);
  int copy_into(const std::filesystem::path& file);
  std::size_t last_transaction() const;
  void close();
  /// Another process has made the map larger.
  int adopt_map_size();

  /// An idle transaction's handle, or nullptr when one has to be made.
  MDB_txn* enter_read();
  void leave_read(MDB_txn* idle);
  void enter_write();
  void leave_write();

  std::filesystem::path folder_;
  bool read_only_;
  MDB_env* environment_ = nullptr;  ///< changed only by whoever has the gate to himself
  std::array<MDB_dbi, table_count> tables_{};
  /// Of a table that a store of format 1, opened to be read, does not have.
  static constexpr MDB_dbi no_table = ~MDB_dbi{0};

  mutable Mutex mutex_;
  Condition changed_;
  bool is_closed_ MOOT_GUARDED_BY(mutex_) = false;
  bool is_writing_ MOOT_GUARDED_BY(mutex_) = false;
  std::size_t readers_ MOOT_GUARDED_BY(mutex_) = 0;
  std::vector<MDB_txn*> idle_ MOOT_GUARDED_BY(mutex_);
};

struct Row {
  ByteView key;
  ByteView value;
};

/// What reading and writing transactions have in common. The first error stays: later calls do
/// nothing, and whoever began it asks once at its end. Views are valid until the next write or the
/// transaction's end.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// 0, or the first error.
  int error() const { return error_; }
  std::optional<ByteView> get(Table table, const Key& key);

 protected:
  explicit Transaction(Environment& environment) : environment_(environment) {}
  ~Transaction() = default;
  MDB_dbi handle_of(Table table) const {
    return environment_.tables_[static_cast<std::size_t>(table)];
  }
  bool has(Table table) const { return handle_of(table) != Environment::no_table; }
  /// Keeps the first error other than "not found"; answers whether the call succeeded.
  bool succeeded(int result);

  friend class Cursor;
  Environment& environment_;
  MDB_txn* transaction_ = nullptr;
  int error_ = 0;
};

/// One snapshot. Lives in one scope.
class ReadTransaction final : public Transaction {
 public:
  explicit ReadTransaction(Environment& environment);
  ~ReadTransaction();
};

/// The write transaction; undone unless committed.
class WriteTransaction final : public Transaction {
 public:
  explicit WriteTransaction(Environment& environment);
  ~WriteTransaction();

  void put(Table table, const Key& key, ByteView value);
  /// Room for a value to be filled at once; empty after an error. Fastest, and leaves pages full,
  /// where the key is the greatest of its table.
  std::span<std::uint8_t> reserve(Table table, const Key& key, std::size_t bytes);
  void remove(Table table, const Key& key);
  bool has_written() const { return has_written_; }
  /// Durable when it answers 0. The transaction is over either way.
  int commit();

 private:
  MDB_cursor* cursor_of(Table table);
  void end();
  std::array<MDB_cursor*, table_count> cursors_{};
  bool has_written_ = false;
  bool is_inside_ = false;
};

/// Removes rows from `from` on as long as their keys are `wanted`.
void remove_while(WriteTransaction& transaction, Table table, const Key& from,
                  const std::function<bool(ByteView key)>& wanted);

/// Walks one table in the order of keys. Must end before its transaction.
class Cursor {
 public:
  Cursor(Transaction& transaction, Table table);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  std::optional<Row> first() { return at(MDB_FIRST); }
  std::optional<Row> next() { return at(MDB_NEXT); }
  std::optional<Row> previous() { return at(MDB_PREV); }
  /// The first row at or after the key.
  std::optional<Row> seek(const Key& key);
  /// The last row at or before the key.
  std::optional<Row> seek_back(const Key& key);

 private:
  std::optional<Row> at(MDB_cursor_op operation);
  Transaction& transaction_;
  MDB_cursor* cursor_ = nullptr;
};

}  // namespace moot::store
