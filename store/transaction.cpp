#include "base/check.hpp"
#include "store/environment.hpp"

namespace moot::store {

namespace {

MDB_val value_of(ByteView bytes) {
  // LMDB's parameters are not const, but what is put or looked for is never written to.
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
ByteView view_of_value(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

}  // namespace

bool Transaction::succeeded(int result) {
  if (result == 0) return true;
  if (result != MDB_NOTFOUND && error_ == 0) error_ = result;
  return false;
}

std::optional<ByteView> Transaction::get(Table table, const Key& key) {
  if (error_ != 0 || !has(table)) return std::nullopt;
  MDB_val name = value_of(key.view());
  MDB_val value = {};
  if (!succeeded(mdb_get(transaction_, handle_of(table), &name, &value))) return std::nullopt;
  return view_of_value(value);
}

ReadTransaction::ReadTransaction(Environment& environment) : Transaction(environment) {
  constexpr int attempts_max = 8;  // another process may grow the map again and again
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    transaction_ = environment.enter_read();
    if (environment.environment_ == nullptr) {
      error_ = MDB_PANIC;
      return;
    }
    error_ = transaction_ != nullptr
                 ? mdb_txn_renew(transaction_)
                 : mdb_txn_begin(environment.environment_, nullptr, MDB_RDONLY, &transaction_);
    if (error_ == 0) return;
    if (transaction_ != nullptr) mdb_txn_abort(transaction_);
    transaction_ = nullptr;
    if (error_ == MDB_READERS_FULL) {
      environment.check_readers();
    } else if (error_ != MDB_MAP_RESIZED) {
      return;
    }
    if (attempt + 1 == attempts_max) return;
    const bool is_resized = error_ == MDB_MAP_RESIZED;
    environment.leave_read(nullptr);
    if (is_resized) environment.adopt_map_size();
  }
}

ReadTransaction::~ReadTransaction() {
  if (transaction_ != nullptr) mdb_txn_reset(transaction_);
  environment_.leave_read(transaction_);
}

WriteTransaction::WriteTransaction(Environment& environment) : Transaction(environment) {
  environment.enter_write();
  is_inside_ = true;
  error_ = environment.environment_ == nullptr
               ? MDB_PANIC
               : mdb_txn_begin(environment.environment_, nullptr, 0, &transaction_);
  if (error_ == MDB_MAP_RESIZED) {
    environment.leave_write();
    environment.adopt_map_size();
    environment.enter_write();
    error_ = mdb_txn_begin(environment.environment_, nullptr, 0, &transaction_);
  }
}

WriteTransaction::~WriteTransaction() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
  end();
}

void WriteTransaction::end() {
  transaction_ = nullptr;  // its cursors ended with it
  if (is_inside_) environment_.leave_write();
  is_inside_ = false;
}

int WriteTransaction::commit() {
  if (error_ == 0) {
    error_ = mdb_txn_commit(transaction_);
    transaction_ = nullptr;
  } else if (transaction_ != nullptr) {
    mdb_txn_abort(transaction_);
  }
  end();
  return error_;
}

MDB_cursor* WriteTransaction::cursor_of(Table table) {
  MDB_cursor*& cursor = cursors_[static_cast<std::size_t>(table)];
  if (cursor == nullptr && !succeeded(mdb_cursor_open(transaction_, handle_of(table), &cursor))) {
    return nullptr;
  }
  return cursor;
}

std::span<std::uint8_t> WriteTransaction::reserve(Table table, const Key& key, std::size_t bytes) {
  if (error_ != 0) return {};
  MDB_cursor* cursor = cursor_of(table);
  if (cursor == nullptr) return {};
  has_written_ = true;
  MDB_val name = value_of(key.view());
  MDB_val value = {bytes, nullptr};
  int result = mdb_cursor_put(cursor, &name, &value, MDB_RESERVE | MDB_APPEND);
  if (result == MDB_KEYEXIST) {  // not the greatest key
    value = {bytes, nullptr};
    result = mdb_cursor_put(cursor, &name, &value, MDB_RESERVE);
  }
  if (!succeeded(result)) return {};
  return {static_cast<std::uint8_t*>(value.mv_data), bytes};
}

void WriteTransaction::put(Table table, const Key& key, ByteView value) {
  const std::span<std::uint8_t> room = reserve(table, key, value.size());
  if (!room.empty()) std::copy(value.begin(), value.end(), room.begin());
}

void WriteTransaction::remove(Table table, const Key& key) {
  if (error_ != 0) return;
  has_written_ = true;
  MDB_val name = value_of(key.view());
  succeeded(mdb_del(transaction_, handle_of(table), &name, nullptr));
}

void remove_while(WriteTransaction& transaction, Table table, const Key& from,
                  const std::function<bool(ByteView key)>& wanted) {
  std::vector<Key> keys;
  {
    Cursor cursor(transaction, table);
    for (auto row = cursor.seek(from); row && wanted(row->key); row = cursor.next()) {
      keys.push_back(Key().bytes(row->key));
    }
  }
  for (const Key& key : keys) transaction.remove(table, key);
}

Cursor::Cursor(Transaction& transaction, Table table) : transaction_(transaction) {
  if (transaction.error_ != 0 || !transaction.has(table)) return;
  transaction.succeeded(
      mdb_cursor_open(transaction.transaction_, transaction.handle_of(table), &cursor_));
}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

std::optional<Row> Cursor::at(MDB_cursor_op operation) {
  if (cursor_ == nullptr || transaction_.error_ != 0) return std::nullopt;
  MDB_val key = {};
  MDB_val value = {};
  if (!transaction_.succeeded(mdb_cursor_get(cursor_, &key, &value, operation))) {
    return std::nullopt;
  }
  return Row{.key = view_of_value(key), .value = view_of_value(value)};
}

std::optional<Row> Cursor::seek(const Key& key) {
  if (cursor_ == nullptr || transaction_.error_ != 0) return std::nullopt;
  MDB_val name = value_of(key.view());
  MDB_val value = {};
  if (!transaction_.succeeded(mdb_cursor_get(cursor_, &name, &value, MDB_SET_RANGE))) {
    return std::nullopt;
  }
  return Row{.key = view_of_value(name), .value = view_of_value(value)};
}

std::optional<Row> Cursor::seek_back(const Key& key) {
  const std::optional<Row> row = seek(key);
  if (!row) return at(MDB_LAST);
  if (std::equal(row->key.begin(), row->key.end(), key.view().begin(), key.view().end())) {
    return row;
  }
  return at(MDB_PREV);
}

}  // namespace moot::store
