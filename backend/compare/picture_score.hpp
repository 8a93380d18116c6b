#pragma once
// How alike two pictures are: SSIM and PSNR of their luma. Pure; thread-safe.
//
// SSIM by Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural
// similarity" (2004): windows of 8 x 8 samples, one every 4 samples both ways, unweighted, K1 = 0.01, K2 =
// 0.03, the mean over all windows. PSNR = 10 log10(255^2 / mean squared error).

#include "compare/luma.hpp"
#include "core/result.hpp"

namespace qd::compare {

/// PSNR of identical pictures is infinite: this stands for it, and for anything above.
inline constexpr double psnr_cap_db = 100;

struct PictureScore {
    double ssim = 0;            // -1..1; 1: identical in structure
    double psnr_db = 0;         // 0..psnr_cap_db
    bool identical = false;     // sample by sample: psnr_db is the cap, not a measurement
    bool scaled = false;        // the sizes differed: the larger picture was scaled down to the smaller
    int width = 0, height = 0;  // compared at
};

/// Errc::unprocessable for a picture without samples or smaller than one window (8 x 8).
core::Result<PictureScore> score_pictures(const LumaView& one, const LumaView& two);

/// From the sum of squared errors over `samples`.
double psnr_db(double squared_errors, double samples);

}  // namespace qd::compare
