// SPDX-License-Identifier: Apache-2.0
// lazy_array.h: a large array whose pages cost memory only once they are touched.
// Shape:   fixed capacity, reserved as address space; elements begin as zero bytes.
// Errors:  throws std::bad_alloc if the address space cannot be had.
// Cost:    no reallocation, so growing never stops the pipeline.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace stickyd {

template <class T>
class LazyArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit LazyArray(size_t capacity) : capacity_(capacity) {
    void* memory = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<T*>(memory);
  }
  ~LazyArray() { ::munmap(data_, bytes()); }
  LazyArray(const LazyArray&) = delete;
  LazyArray& operator=(const LazyArray&) = delete;

  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  size_t capacity() const { return capacity_; }

 private:
  size_t bytes() const { return (capacity_ == 0 ? 1 : capacity_) * sizeof(T); }
  size_t capacity_;
  T* data_ = nullptr;
};

}  // namespace stickyd
