// What one evaluation of a flag costs: ns and allocations, for a static flag, a rule and a split, beside the
// look-up of the same key in a std::map. Usage: bench_flags_evaluate

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>

#include "flags/flag_set.hpp"

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace qd;

namespace {

template <class Work>
void measure(const char* what, Work work) {
    constexpr int rounds = 2'000'000;
    const long before = allocations;
    const auto begin = std::chrono::steady_clock::now();
    double sum = 0;
    for (int i = 0; i < rounds; ++i) sum += work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    std::printf("%-34s %7.1f ns  %ld allocations of %d (sum %g)\n", what, took.count() / rounds,
                allocations - before, rounds, sum);
}

flags::Flag flag_of(int index) {
    flags::Flag flag;
    flag.key = fmt::format("flag.number-{:03}", index);
    flag.type = flags::Type::number;
    flag.variants = {{"all", 0.0}, {"sd", 480.0}};
    flag.default_variant = "all";
    return flag;
}

}  // namespace

int main() {
    std::vector<flags::Flag> all;
    std::map<std::string, double, std::less<>> peer;
    for (int i = 0; i < 100; ++i) peer[all.emplace_back(flag_of(i)).key] = 1;
    all[50].targeting = {{{{"version", flags::Operator::semver_less, {std::string("2.0.0")}}}, "sd", {}}};
    all[51].targeting = {{{}, "", {{"sd", 10}, {"all", 90}}}};
    const auto set = flags::FlagSet::compile(std::move(all));
    if (!set) return std::fprintf(stderr, "%s\n", set.error().message.c_str()), 1;
    const flags::Attribute attributes[]{{"version", std::string_view("1.9.3")}};
    const flags::EvaluationContext context{"0123456789abcdef01234567", attributes};
    measure("std::map of the same 100 keys",
            [&] { return peer.find(std::string_view("flag.number-049"))->second; });
    measure("static", [&] { return (*set)->number("flag.number-049", context, 1).value; });
    measure("rule on a semantic version",
            [&] { return (*set)->number("flag.number-050", context, 1).value; });
    measure("split over two", [&] { return (*set)->number("flag.number-051", context, 1).value; });
    return 0;
}
