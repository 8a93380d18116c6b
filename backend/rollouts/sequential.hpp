#pragma once
// Is the canary's proportion of bad requests higher? A test that may be looked at after every request without
// more false alarms: an e-process. Under "no higher" its expectation never exceeds 1, so by Ville's
// inequality it ever reaches 1/alpha with probability alpha at most, however often and for however long
// somebody looks. Counts are all the state there is.
//
// Given a bad request, it is the canary's with a probability that only the shares of the traffic and the
// ratio theta of the arms' proportions tell. The likelihood ratio of theta against 1 is the evidence of one
// theta; a mixture over thetas above 1 is what is used. For proportions that are not small it still errs on
// the safe side (1 + x <= e^x); there the good requests tell more, so they are a part of the mixture.
// Sources: Lindon, Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022; Turner, Ly,
// Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
// J. Stat. Plan. Inference 230, 2024; Ramdas et al., "Game-theoretic statistics and safe anytime-valid
// inference", Stat. Sci. 38, 2023.
//
// The mixture's weights: most at 1.6, since the boundary that reaches its goal soonest within a given number
// of requests lies at a smaller ratio than the one to be found; the rest so that a tenfold one is found at
// once.

#include <span>

namespace qd::rollouts {

/// What both arms did in a time during which the traffic was split alike. Whole numbers, bad <= total.
struct Proportions {
    double reference_bad = 0, reference_total = 0;
    double canary_bad = 0, canary_total = 0;

    bool operator==(const Proportions&) const = default;
};

/// The natural logarithm of the evidence that the canary is worse. `strata`: one for each time between two
/// changes of the split, oldest first; counts of different strata are never added up, so that neither a
/// change of weight nor a busier hour can pass for a worse canary. A small part of the evidence begins anew
/// with each stratum: a canary that turns bad late need not first make good for its good beginning. Strata
/// in which an arm has nothing say nothing. Finite.
double log_evidence(std::span<const Proportions> strata);

/// 1 / evidence, at most 1: valid at any time.
double anytime_p(double log_evidence);

/// The difference of the proportions (canary - reference), strata weighted by Mantel and Haenszel's
/// n1 n2 / (n1 + n2), with its standard error. 0 where no stratum has both arms.
struct Difference {
    double value = 0, standard_error = 0;
};
Difference pooled_difference(std::span<const Proportions> strata);

}  // namespace qd::rollouts
