#include "app/adapters/export.hpp"

#include "app/adapters/endpoints.hpp"
#include "app/adapters/postmortem_pdf.hpp"
#include "core/exit_code.hpp"
#include "core/files.hpp"
#include "http/client.hpp"

namespace qd::app {
namespace {

core::Result<> writeDocument(const ExportOptions& options) {
    auto endpoints = options.connectUrl.empty() ? readEndpoints(options.dataDir)
                                                : endpointsOf(options.connectUrl, options.tokenFile);
    if (!endpoints) {
        if (options.connectUrl.empty() && endpoints.error().code == core::Errc::not_found)
            return core::fail(core::Errc::unavailable,
                              "no site runs in {}: start one, or name one by --connect",
                              options.dataDir.string());
        return tl::unexpected(endpoints.error());
    }
    const bool pdf = options.format == "pdf";
    http::Client client;
    http::ClientRequest request;
    request.url = endpoints->opsd + options.path + "format=" + (pdf ? "html" : options.format);
    if (!endpoints->token.empty()) request.headers.set("Authorization", "Bearer " + endpoints->token);
    const auto answer = http::expect_success(client.fetch(std::move(request)));
    if (!answer) return core::fail_with_context("reading the document", answer.error());
    if (!pdf) return core::write_file_atomically(options.to, answer->body);
    const auto paper = pdfOf(QString::fromStdString(answer->body));
    if (!paper) return tl::unexpected(paper.error());
    return core::write_file_atomically(options.to, paper->toStdString());
}

}  // namespace

int exportDocument(const ExportOptions& options) {
    const auto written = writeDocument(options);
    return written ? int(core::ExitCode::done) : core::report("quarterdeck", written.error());
}

}  // namespace qd::app
