// What a file for Argo Rollouts may say that is not done here, and what to do about it. An error changes what
// would happen; a note does not.

#include <array>

#include "rollouts/specification_reader.hpp"

namespace qd::rollouts {
namespace {

constexpr auto as_note = Remark::Kind::note, as_error = Remark::Kind::error;

constexpr std::string_view of_kubernetes = "is of Kubernetes and has no effect here";
constexpr std::string_view of_router = "is of Argo's router and has no effect here: `driver` says who routes";

constexpr ForeignKey in_document[]{{"status", as_note, "is what was, and is not read"}};

constexpr ForeignKey in_metadata[]{
    {"namespace", as_note, of_kubernetes},         {"labels", as_note, of_kubernetes},
    {"annotations", as_note, of_kubernetes},       {"generateName", as_note, "has no effect here: say name"},
    {"creationTimestamp", as_note, of_kubernetes}, {"uid", as_note, of_kubernetes},
    {"resourceVersion", as_note, of_kubernetes},   {"generation", as_note, of_kubernetes},
    {"managedFields", as_note, of_kubernetes},     {"ownerReferences", as_note, of_kubernetes},
    {"finalizers", as_note, of_kubernetes}};

constexpr ForeignKey in_spec[]{
    {"replicas", as_note, "has no effect here: target.instances says how many canaries there are"},
    {"selector", as_note, of_kubernetes},
    {"template", as_note, "has no effect here: target says what is started"},
    {"workloadRef", as_note, "has no effect here: target says what is started"},
    {"revisionHistoryLimit", as_note, "has no effect here: the history is kept whole"},
    {"minReadySeconds", as_note, "has no effect here: an instance is ready when its health check says so",
     "0"},
    {"progressDeadlineSeconds", as_note, "has no effect here: only strategy.rolling knows a deadline"},
    {"progressDeadlineAbort", as_error,
     "is not supported: nothing would be aborted at a deadline; take it out or judge with analysis", "false"},
    {"paused", as_error, "is not supported: begin the steps with pause: {} instead", "false"},
    {"restartAt", as_error, "is not supported: nothing would be restarted; take it out"}};

constexpr ForeignKey in_canary[]{
    {"canaryService", as_note, of_router},
    {"stableService", as_note, of_router},
    {"pingPong", as_note, of_router},
    {"canaryMetadata", as_note, of_kubernetes},
    {"stableMetadata", as_note, of_kubernetes},
    {"antiAffinity", as_note, of_kubernetes},
    {"maxSurge", as_note, "has no effect here: target.instances says how many canaries there are"},
    {"maxUnavailable", as_note, "has no effect here: the stable arm keeps all of its instances"},
    {"minPodsPerReplicaSet", as_note, of_kubernetes},
    {"scaleDownDelaySeconds", as_note,
     "has no effect on a canary here: undo starts the former version again"},
    {"scaleDownDelayRevisionLimit", as_note, of_kubernetes},
    {"dynamicStableScale", as_error,
     "is not supported: the stable arm keeps all of its instances; take it out", "false"},
    {"replicaProgressThreshold", as_error, "is not supported: a step waits for all instances; take it out"}};

constexpr ForeignKey in_blue_green[]{
    {"activeService", as_note, of_router},
    {"previewService", as_note, of_router},
    {"activeMetadata", as_note, of_kubernetes},
    {"previewMetadata", as_note, of_kubernetes},
    {"antiAffinity", as_note, of_kubernetes},
    {"maxUnavailable", as_note, "has no effect here: the active arm keeps all of its instances"},
    {"abortScaleDownDelaySeconds", as_note, "has no effect here: an aborted preview is ended"},
    {"scaleDownDelayRevisionLimit", as_note, of_kubernetes}};

constexpr std::string_view no_dry_run =
    "is not supported: these metrics would count; take them out, or say analysis: {onFailure: advise}";

constexpr ForeignKey in_use[]{
    {"dryRun", as_error, no_dry_run},
    {"measurementRetention", as_note, "has no effect here: every measurement is kept"},
    {"name", as_note, "has no effect here: a run has the name of its step"},
    {"analysisRunMetadata", as_note, of_kubernetes}};

constexpr ForeignKey in_argument[]{
    {"valueFrom", as_error, "is not supported: write the value itself as value: \"…\""}};

constexpr ForeignKey in_templates[]{
    {"dryRun", as_error, no_dry_run},
    {"measurementRetention", as_note, "has no effect here: every measurement is kept"},
    {"templates", as_error, "is not supported: write the metrics of those templates here"}};

// What Argo Rollouts called them before 1.0.
constexpr ForeignKey in_metric[]{
    {"maxFailures", as_error, "is called failureLimit by now"},
    {"maxInconclusive", as_error, "is called inconclusiveLimit by now"},
    {"maxConsecutiveErrors", as_error, "is called consecutiveErrorLimit by now"}};

constexpr ForeignKey in_prometheus[]{
    {"timeout", as_note, "has no effect here: a query has as long as opsd gives it"},
    {"insecure", as_error, "is not supported: certificates are always checked; take it out", "false"},
    {"headers", as_error,
     "is not supported: the query would go without them; let opsd's own Prometheus answer"},
    {"authentication", as_error,
     "is not supported: the query would go without it; let opsd's own Prometheus answer"},
    {"rangeQuery", as_error, "is not supported: write an instant query, such as avg_over_time(…[5m])"}};

constexpr std::string_view no_provider = "is not a provider known here: prometheus, site or judge";
constexpr ForeignKey in_provider[]{
    {"kayenta", as_error, "is not a provider known here: judge compares the arms as Kayenta does"},
    {"web", as_error, no_provider},
    {"datadog", as_error, no_provider},
    {"newRelic", as_error, no_provider},
    {"wavefront", as_error, no_provider},
    {"job", as_error, no_provider},
    {"cloudWatch", as_error, no_provider},
    {"graphite", as_error, no_provider},
    {"influxdb", as_error, no_provider},
    {"skywalking", as_error, no_provider},
    {"plugin", as_error, no_provider}};

constexpr ForeignKey in_experiment[]{{"dryRun", as_error, no_dry_run},
                                     {"analysisRunMetadata", as_note, of_kubernetes}};

constexpr ForeignKey in_experiment_set[]{
    {"metadata", as_note, of_kubernetes},
    {"service", as_note, of_router},
    {"selector", as_error, "is not supported: instances are chosen by specRef; take it out"},
    {"template", as_error, "is not supported: say specRef: stable or specRef: canary"}};

constexpr ForeignKey in_experiment_analysis[]{
    {"clusterScope", as_note, "has no effect here: templates are of the file they stand in", "false"},
    {"requiredForCompletion", as_error, "is not supported: an experiment ends by its duration; take it out",
     "false"}};

constexpr ForeignKey in_step[]{
    {"plugin", as_error, "is not a step known here: take it out, or pause there for a person"},
    {"replicaProgressThreshold", as_error, "is not supported: a step waits for all instances; take it out"}};

constexpr std::string_view all_kept = "has no effect here: every run is kept";
constexpr ForeignKey in_analysis[]{{"successfulRunHistoryLimit", as_note, all_kept},
                                   {"unsuccessfulRunHistoryLimit", as_note, all_kept}};

}  // namespace

std::span<const ForeignKey> foreign_keys(Place place) {
    switch (place) {
        case Place::document:
            return in_document;
        case Place::metadata:
            return in_metadata;
        case Place::spec:
            return in_spec;
        case Place::canary:
            return in_canary;
        case Place::blue_green:
            return in_blue_green;
        case Place::use:
            return in_use;
        case Place::argument:
            return in_argument;
        case Place::templates:
            return in_templates;
        case Place::prometheus:
            return in_prometheus;
        case Place::provider:
            return in_provider;
        case Place::experiment:
            return in_experiment;
        case Place::experiment_set:
            return in_experiment_set;
        case Place::experiment_analysis:
            return in_experiment_analysis;
        case Place::step:
            return in_step;
        case Place::analysis:
            return in_analysis;
        case Place::metric:
            return in_metric;
        case Place::other:
            break;
    }
    return {};
}

}  // namespace qd::rollouts
