#pragma once
// Whether a part of the picture has another colour: what a mean over the whole picture's luma does not tell
// (a box over an otherwise equal picture, a lost or swapped chroma plane). Pure; thread-safe.

#include "compare/luma.hpp"

namespace qd::compare {

/// Both pictures in 16 x 9 parts, the mean of Y, Cb and Cr of each (every second line is read): the greatest
/// Euclidean distance between the same part of both, in levels of 8 bits, 0..442. An encoder's noise averages
/// out within a part. Chroma counts where both pictures have it; sizes may differ. 0 for empty pictures.
double patch_difference(const Luma& one, const Luma& two);

}  // namespace qd::compare
