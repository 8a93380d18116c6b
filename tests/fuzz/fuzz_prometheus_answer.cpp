// Answers of an API that may be anybody's: refused, or series that keep what their header promises.
#include <cstdlib>

#include "fuzz/target.hpp"
#include "prometheus/answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::prometheus;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parse_sample_value(text);
    const auto answer = decode_answer(text);
    if (!answer) return answer.error().message.empty() ? std::abort(), 1 : 0;
    for (const Series& series : answer->series) {
        if (answer->type != ResultType::matrix && series.samples.size() != 1) std::abort();
        for (std::size_t i = 1; i < series.samples.size(); ++i)
            if (series.samples[i].at <= series.samples[i - 1].at) std::abort();
        for (const auto& [name, value] : series.labels)
            if (series.label(name) != value) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1700000000.5,"1.5"]},{"metric":{},"value":[1,"NaN"]}]}})",
        R"({"status":"success","warnings":["w"],"data":{"resultType":"matrix","result":[{"metric":{"le":"+Inf"},"values":[[1,"+Inf"],[2,"-Inf"],[3.25,"1e300"]]}]}})",
        R"({"status":"success","data":{"resultType":"scalar","result":[1435781451.781,"1"]}})",
        R"({"status":"error","errorType":"bad_data","error":"parse error"})"};
}

}  // namespace qd::fuzz
