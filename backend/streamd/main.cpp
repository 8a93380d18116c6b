#include "streamd/options.hpp"
#include "streamd/run.hpp"

int main(int argc, char** argv) {
    const auto options = qd::streamd::parse_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    return qd::streamd::run(std::get<qd::streamd::Options>(options));
}
