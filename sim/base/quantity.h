// Physical quantities as types.
//
// A Quantity carries its dimension in its type, so `Bytes / Bandwidth` is a duration and `Bytes * Bytes` does not compile.
// Values are doubles in SI base units: seconds, bytes, floating-point operations, watts. They serve the cost models;
// the engine keeps instants as integer picoseconds (engine/instant.h) and converts in exactly one place.
//
// Conventions, everywhere in Headway:
//   * a bandwidth is per device and per direction unless a name says otherwise;
//   * k, M, G, T are decimal; Ki, Mi, Gi are binary;
//   * a bit rate is turned into bytes per second where it is read, never later.
#pragma once

#include <compare>

namespace headway {

// Dimension exponents: time, data, arithmetic work, energy.
template <int TimeExp, int DataExp, int WorkExp, int EnergyExp>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : value_(value) {}

  // The number in SI base units (s, B, FLOP, J and their combinations).
  [[nodiscard]] constexpr double value() const { return value_; }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  constexpr Quantity& operator*=(double factor) {
    value_ *= factor;
    return *this;
  }
  constexpr Quantity& operator/=(double divisor) {
    value_ /= divisor;
    return *this;
  }

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.value_); }
  friend constexpr Quantity operator*(Quantity a, double k) { return Quantity(a.value_ * k); }
  friend constexpr Quantity operator*(double k, Quantity a) { return Quantity(a.value_ * k); }
  friend constexpr Quantity operator/(Quantity a, double k) { return Quantity(a.value_ / k); }
  friend constexpr auto operator<=>(Quantity a, Quantity b) = default;

 private:
  double value_ = 0;
};

using Seconds = Quantity<1, 0, 0, 0>;
using Hertz = Quantity<-1, 0, 0, 0>;
using Bytes = Quantity<0, 1, 0, 0>;
using Bandwidth = Quantity<-1, 1, 0, 0>;  // bytes per second
using Flops = Quantity<0, 0, 1, 0>;       // an amount of work, not a rate
using FlopRate = Quantity<-1, 0, 1, 0>;   // FLOP per second
using Joules = Quantity<0, 0, 0, 1>;
using Watts = Quantity<-1, 0, 0, 1>;

// The ratio of two like quantities is a plain number.
template <int T, int D, int W, int E>
constexpr double operator/(Quantity<T, D, W, E> a, Quantity<T, D, W, E> b) {
  return a.value() / b.value();
}

constexpr Seconds operator/(Bytes data, Bandwidth rate) { return Seconds(data.value() / rate.value()); }
constexpr Seconds operator/(Flops work, FlopRate rate) { return Seconds(work.value() / rate.value()); }
constexpr Bandwidth operator/(Bytes data, Seconds time) { return Bandwidth(data.value() / time.value()); }
constexpr FlopRate operator/(Flops work, Seconds time) { return FlopRate(work.value() / time.value()); }
constexpr Bytes operator*(Bandwidth rate, Seconds time) { return Bytes(rate.value() * time.value()); }
constexpr Bytes operator*(Seconds time, Bandwidth rate) { return rate * time; }
constexpr Flops operator*(FlopRate rate, Seconds time) { return Flops(rate.value() * time.value()); }
constexpr Flops operator*(Seconds time, FlopRate rate) { return rate * time; }
constexpr Joules operator*(Watts power, Seconds time) { return Joules(power.value() * time.value()); }
constexpr Joules operator*(Seconds time, Watts power) { return power * time; }

namespace literals {
constexpr Seconds operator""_s(long double v) { return Seconds(static_cast<double>(v)); }
constexpr Seconds operator""_s(unsigned long long v) { return Seconds(static_cast<double>(v)); }
constexpr Seconds operator""_ms(long double v) { return Seconds(static_cast<double>(v) * 1e-3); }
constexpr Seconds operator""_ms(unsigned long long v) { return Seconds(static_cast<double>(v) * 1e-3); }
constexpr Seconds operator""_us(long double v) { return Seconds(static_cast<double>(v) * 1e-6); }
constexpr Seconds operator""_us(unsigned long long v) { return Seconds(static_cast<double>(v) * 1e-6); }
constexpr Bytes operator""_B(unsigned long long v) { return Bytes(static_cast<double>(v)); }
constexpr Bytes operator""_KiB(unsigned long long v) { return Bytes(static_cast<double>(v) * 1024.0); }
constexpr Bytes operator""_MiB(unsigned long long v) { return Bytes(static_cast<double>(v) * 1048576.0); }
constexpr Bytes operator""_GiB(unsigned long long v) { return Bytes(static_cast<double>(v) * 1073741824.0); }
constexpr Bytes operator""_GB(unsigned long long v) { return Bytes(static_cast<double>(v) * 1e9); }
constexpr Bandwidth operator""_GBps(unsigned long long v) { return Bandwidth(static_cast<double>(v) * 1e9); }
constexpr Bandwidth operator""_Gbps(unsigned long long v) { return Bandwidth(static_cast<double>(v) * 1e9 / 8.0); }
constexpr FlopRate operator""_TFLOPS(unsigned long long v) { return FlopRate(static_cast<double>(v) * 1e12); }
}  // namespace literals

}  // namespace headway
