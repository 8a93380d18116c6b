// Every widget on sample values, to be looked at.
//   widgets_gallery                 a window; T switches the theme
//   widgets_gallery DIR [WxH]       saves each page in both themes as DIR/<page>-<theme>.png, and what it
//   cost
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QRadioButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTextStream>
#include <cmath>

#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/budget_bar.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/confirm.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/key_hint.hpp"
#include "widgets/tiles/progress_strip.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/split_bar.hpp"
#include "widgets/tiles/stat_tile.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/tiles/step_track.hpp"
#include "widgets/tiles/tile_grid.hpp"
#include "widgets/timeline/incident_timeline.hpp"
#include "widgets/video/transport_bar.hpp"
#include "widgets/video/video_surface.hpp"

using namespace qd::widgets;

namespace {

qint64 now() {
    return systemNow()();
}

double noise(int i) {
    const double x = std::sin(i * 12.9898) * 43758.5453;
    return x - std::floor(x);
}

QVector<QPointF> wave(double spanS, double level, double swing, double dipAt = -1, double dip = 0) {
    QVector<QPointF> points;
    const double end = static_cast<double>(now());
    for (int s = 0; s <= spanS; ++s) {
        double v = level + swing * (0.5 * std::sin(s / 47.0) + noise(s) - 0.5);
        if (dipAt > 0 && s > dipAt && s < dipAt + 90) v += dip * std::min(1.0, (s - dipAt) / 20);
        points.append({end - (spanS - s) * 1000, v});
    }
    return points;
}

QVector<double> trend(double level, double swing, int n = 60) {
    QVector<double> out;
    for (int i = 0; i < n; ++i)
        out << level + swing * (0.6 * std::sin(i / 8.0) + noise(i + int(level)) - 0.5);
    return out;
}

QVBoxLayout* page(QWidget* widget) {
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(space::xl, space::lg, space::xl, space::xl);
    column->setSpacing(space::lg);
    return column;
}

QStandardItemModel* sloModel(QObject* parent) {
    auto* model = new QStandardItemModel(0, 7, parent);
    model->setHorizontalHeaderLabels(
        {"Objective", "Health", "SLI", "Target", "Budget", "Burn", "Last 10 min"});
    for (const int c : {2, 3, 5})
        model->setHeaderData(c, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter),
                             Qt::TextAlignmentRole);
    struct Row {
        const char *title, *sub;
        State state;
        const char* word;
        double sli, target, budget, burn;
    };
    const Row rows[] = {
        {"Playback availability", "gateway", State::Bad, "Burning", 0.98712, 0.995, 0.184, 21.3},
        {"Stream start within 100 ms", "GET /api/v1/stream/:id", State::Good, "Healthy", 0.99871, 0.995,
         0.742, 0.26},
        {"Video metadata within 150 ms", "GET /api/v1/videos/:id", State::Good, "Healthy", 0.99952, 0.995,
         0.904, 0.1},
        {"Start-up under 2 s", "viewers", State::Warn, "Budget low", 0.99511, 0.995, 0.022, 0.98},
        {"Stall ratio", "viewers", State::Bad, "Exhausted", 0.9911, 0.995, -0.78, 1.78},
        {"Upload initiation within 500 ms", "POST /api/v1/upload", State::NoData, "No traffic", qQNaN(),
         0.995, qQNaN(), qQNaN()},
        {"Search within 300 ms", "GET /api/v1/search", State::Stale, "Stale", 0.9987, 0.995, 0.74, 0.3}};
    int i = 0;
    for (const Row& r : rows) {
        QList<QStandardItem*> items;
        for (int c = 0; c < 7; ++c) items << new QStandardItem;
        items[0]->setText(r.title);
        items[0]->setData(QString(r.sub), SubRole);
        items[1]->setText(r.word);
        items[1]->setData(int(r.state), StateRole);
        items[2]->setText(formatRatio(r.sli));
        items[3]->setText(formatPercent(r.target));
        items[4]->setText(BudgetBar::textFor({r.budget, 0.6}));
        items[4]->setData(r.budget, NumberRole);
        items[4]->setData(0.6, IdealRole);
        items[5]->setText(formatFactor(r.burn));
        items[5]->setData(r.burn, NumberRole);
        if (r.burn > 14) items[5]->setData(int(Token::Bad), TintRole);
        items[6]->setData(QVariant::fromValue(std::isnan(r.sli) ? QVector<double>{} : trend(10 + i, 2)),
                          TrendRole);
        items[6]->setData(int(Token::Series1), TintRole);
        model->appendRow(items);
        ++i;
    }
    return model;
}

TableView* sloTable(QWidget* parent) {
    auto* table = new TableView(parent);
    table->setModel(sloModel(table));
    table->setColumnLayout({0, 130, 100, 90, 220, 90, 130});
    table->setItemDelegateForColumn(1, new StatusDelegate(table));
    table->setItemDelegateForColumn(2, new NumberDelegate(table));
    table->setItemDelegateForColumn(3, new NumberDelegate(table));
    table->setItemDelegateForColumn(4, new BudgetDelegate(table));
    table->setItemDelegateForColumn(5, new NumberDelegate(table));
    table->setItemDelegateForColumn(6, new SparklineDelegate(table));
    table->setFitRows(8);
    return table;
}

QWidget* overviewPage() {
    auto* widget = new QWidget;
    auto* column = page(widget);
    auto* header = new SectionHeader("Overview", "Local site, 6 processes, 24 viewers");
    header->setPageTitle(true);
    header->age()->setTime(now() - 2000);
    header->addControl(makeButton("Start the tour", Icon::Play));
    header->addControl(makeButton("New rollout", ButtonKind::Primary));
    column->addWidget(header);
    column->addWidget(
        new InlineNotice({State::Bad, "Playback availability burns its budget 21 times too fast.",
                          "The canary (v2) answers 8.1 % of its requests with 5xx.",
                          "Incident 7 was opened; nobody has acknowledged it.", "Open incident"}));
    auto* tiles = new QWidget;
    auto* grid = new TileGrid(230, tiles);
    const auto tile = [&](const char* title, StatReading reading, QVector<double> values, Token tint) {
        auto* t = new StatTile(title);
        t->setReading(reading);
        t->setTrend(values, tint);
        t->setClickable(true);
        grid->addWidget(t);
    };
    tile("Availability", {"98.712", "%", "target 99.5 %", State::Bad, "Burning", now() - 1000}, trend(98, 1),
         Token::Bad);
    tile("Requests", {"412", "/s", "24 viewers", State::Good, "", now() - 1000}, trend(400, 60),
         Token::Series1);
    tile("Stream start p95", {"41", "ms", "objective 100 ms", State::Good, "On target", now() - 2000},
         trend(40, 8), Token::Series3);
    tile("Encoding", {"3", "jobs", "", State::Warn, "1 failed", now() - 65000}, {}, Token::Accent);
    tile("Uploads", {"", "", "no uploads in the last hour", State::Neutral, "", 0}, {}, Token::Accent);
    column->addWidget(tiles);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(space::md);
    auto* left = new Card;
    auto* traffic = new TimeSeriesChart("Requests by arm");
    traffic->setUnit(Unit::PerSecond);
    traffic->setLive(600e3);
    QVector<QPointF> canary = wave(180, 40, 12);
    traffic->setSeries({{"stable", "Stable", Token::Stable, wave(600, 380, 60), false, true},
                        {"canary", "Canary", Token::Canary, canary, true}});
    traffic->setMarks({{double(now() - 180e3), MarkKind::CanaryStep, "Canary v2 to 10 %", "r1"}});
    left->body()->addWidget(traffic);
    auto* right = new Card;
    auto* latency = new TimeSeriesChart("Stream start p95");
    latency->setUnit(Unit::Seconds);
    latency->setLive(600e3);
    latency->setYFitted(0.0, {}, 0.05);
    QVector<QPointF> gappy = wave(600, 0.04, 0.02);
    gappy.remove(200, 90);
    latency->setSeries({{"p95", "p95", Token::Series3, gappy}});
    latency->setThresholds({{0.1, "Objective 100 ms", Token::Warn}});
    right->body()->addWidget(latency);
    for (Card* card : {left, right}) {
        card->setFixedHeight(250);
        charts->addWidget(card);
    }
    column->addLayout(charts);
    auto* card = new Card("Objectives");
    auto* filter = new FilterField("Filter objectives");
    card->header()->addControl(filter);
    card->header()->age()->setTime(now() - 3000);
    auto* table = sloTable(card);
    filter->attach(widget, table);
    table->selectRow(0);
    card->body()->addWidget(table);
    column->addWidget(card);
    column->addStretch();
    return widget;
}

QWidget* chartsPage() {
    auto* widget = new QWidget;
    auto* column = page(widget);
    auto* header = new SectionHeader("Playback availability",
                                     "good = answers below 500 from the gateway, over one hour");
    header->setPageTitle(true);
    header->addControl(new StatusBadge(State::Bad, "Burning"));
    column->addWidget(header);
    auto* group = new ChartGroup(widget);
    auto* card = new Card;
    const auto chart = [&](const char* title, Unit unit) {
        auto* c = new TimeSeriesChart(title);
        c->setUnit(unit);
        group->add(c);
        card->body()->addWidget(c, 1);
        return c;
    };
    const double span = 900;
    auto* sli = chart("SLI", Unit::Ratio);
    QVector<QPointF> ok = wave(span, 0.9985, 0.001, 420, -0.011);
    for (QPointF& p : ok) p.setY(std::min(1.0, p.y()));
    ok.remove(640, 45);
    sli->setSeries({{"sli", "SLI, 10 s", Token::Series1, ok, false, true}});
    sli->setThresholds({{0.995, "Objective 99.5 %", Token::Warn}, {0.99, "SLA 99.0 %", Token::Bad}});
    sli->setYFitted({}, 1.0, 0.01);
    sli->setTimeAxisVisible(false);
    auto* budget = chart("Remaining error budget", Unit::Percent);
    QVector<QPointF> left, ideal;
    for (int i = 0; i <= span; ++i) {
        const double at = double(now()) - (span - i) * 1000;
        left.append({at, i < 420 ? 0.9 - i * 2e-4 : std::max(-0.2, 0.816 - (i - 420) * 0.0035)});
        ideal.append({at, 1 - i / (span * 1.3)});
    }
    budget->setSeries({{"left", "Remaining", Token::Series3, left, false, true},
                       {"ideal", "Even spending", Token::Series8, ideal, true}});
    budget->setYFitted({}, 1.0, 1.0);
    budget->setTimeAxisVisible(false);
    auto* burn = chart("Burn rate", Unit::Factor);
    burn->setSeries({{"short", "10 s", Token::Series2, wave(span, 1, 0.8, 420, 22)},
                     {"long", "60 s", Token::Series6, wave(span, 0.8, 0.3, 450, 15), true}});
    burn->setThresholds({{14.4, "Page at 14.4×", Token::Bad}});
    group->setLive(span * 1000);
    const double t0 = double(now()) - span * 1000;
    group->setMarks({{t0 + 300e3, MarkKind::Deploy, "v2 started", "d"},
                     {t0 + 420e3, MarkKind::CanaryStep, "Canary to 10 %", "c"},
                     {t0 + 455e3, MarkKind::Alert, "Fast burn", "a"},
                     {t0 + 462e3, MarkKind::Incident, "Incident 7", "i"},
                     {t0 + 510e3, MarkKind::Chaos, "Delay of 400 ms", "x"}});
    group->setShades({{{t0 + 462e3, t0 + 700e3}, Token::Bad, "Incident 7"}});
    group->setCrosshair(t0 + 455e3);
    column->addWidget(card, 1);
    return widget;
}

QWidget* incidentPage() {
    auto* widget = new QWidget;
    auto* column = page(widget);
    auto* header = new SectionHeader("Incident 7: Playback availability burns fast",
                                     "opened by the burn-rate rule 10 s / 60 s at 14.4×");
    header->setPageTitle(true);
    header->addControl(new StatusBadge(State::Bad, "SEV2"));
    header->addControl(new StatusBadge(State::Warn, "Mitigating"));
    header->addControl(makeButton("Acknowledge", Icon::Ok, ButtonKind::Primary));
    column->addWidget(header);
    auto* card = new Card("Timeline");
    card->header()->addControl(new KeyHint("←"));
    card->header()->addControl(new KeyHint("→"));
    card->header()->addControl(makeMutedLabel("step through"));
    auto* line = new IncidentTimeline;
    const double t0 = double(now()) - 900e3;
    const auto at = [&](double s) { return t0 + s * 1000; };
    QVector<QPointF> ok = wave(900, 0.9985, 0.001, 420, -0.011);
    line->setRange(t0, t0 + 900e3);
    line->setCurves({{{"sli", "Availability", Token::Series1, ok},
                      Unit::Ratio,
                      {{0.995, "Objective 99.5 %", Token::Warn}}}});
    line->setShades({{{at(462), at(700)}, Token::Bad, "Incident"}});
    line->setItems(
        {{"1", Lane::Alerts, Icon::Bell, State::Bad, at(455), at(640), "Fast burn, 10 s / 60 s at 14.4×",
          "21.3 and 15.1"},
         {"2", Lane::Alerts, Icon::Bell, State::Warn, at(500), at(690), "Slow burn, 60 s / 5 min", ""},
         {"3", Lane::Rollout, Icon::Deploy, State::Info, at(300), qQNaN(), "v2 started, 2 processes", ""},
         {"4", Lane::Rollout, Icon::Rollouts, State::Info, at(420), at(560), "Canary 10 %", ""},
         {"5", Lane::Rollout, Icon::Undo, State::Good, at(560), qQNaN(), "Aborted, all traffic on stable",
          ""},
         {"6", Lane::Chaos, Icon::Bolt, State::Warn, at(430), at(610), "Errors 8 % on api/v2", ""},
         {"7", Lane::People, Icon::Ok, State::Neutral, at(480), qQNaN(), "mara acknowledged", ""},
         {"8", Lane::People, Icon::Person, State::Neutral, at(492), qQNaN(), "mara is commander", ""},
         {"9", Lane::People, Icon::Note, State::Neutral, at(530), qQNaN(),
          "“Only the canary fails. Aborting the rollout.”", ""},
         {"10", Lane::People, Icon::Ok, State::Good, at(700), qQNaN(), "mara resolved", ""}});
    line->selectItem("9");
    card->body()->addWidget(line);
    column->addWidget(card);
    auto* lower = new QHBoxLayout;
    lower->setSpacing(space::md);
    auto* rollout = new Card("Rollout of v2");
    auto* track = new StepTrack;
    track->setSteps({{"10 %", "1 min 02 s", StepState::Done, 1},
                     {"Analysis", "12 of 30 samples", StepState::Current, 0.4},
                     {"50 %", "", StepState::Pending},
                     {"Pause", "30 s", StepState::Pending},
                     {"100 %", "", StepState::Pending}});
    rollout->body()->addWidget(track);
    auto* split = new SplitBar;
    split->setSplit({0.1, 0.093, "last 10 s, 4,120 requests", "v1", "v2"});
    rollout->body()->addWidget(split);
    auto* budget = new BudgetBar;
    budget->setBudget({0.184, 0.6});
    rollout->body()->addWidget(makeMutedLabel("Error budget"));
    rollout->body()->addWidget(budget);
    rollout->body()->addStretch();
    lower->addWidget(rollout, 1);
    auto* confirm = new ConfirmBar({"Abort the rollout of v2?",
                                    "All traffic goes back to stable (v1) at once.",
                                    {"The canary's 2 processes drain and stop.",
                                     "The rollout ends as degraded; it can be started again."},
                                    "Abort rollout",
                                    ButtonKind::Danger,
                                    true,
                                    "",
                                    "",
                                    3});
    lower->addWidget(confirm, 1);
    column->addLayout(lower);
    column->addStretch();
    return widget;
}

QWidget* controlsPage() {
    auto* widget = new QWidget;
    auto* column = page(widget);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::md);
    auto* buttons = new Card("Controls");
    auto* line = new QHBoxLayout;
    for (auto [text, kind] : {std::pair{"Primary", ButtonKind::Primary},
                              {"Plain", ButtonKind::Plain},
                              {"Danger", ButtonKind::Danger},
                              {"Quiet", ButtonKind::Quiet},
                              {"Link", ButtonKind::Link}})
        line->addWidget(makeButton(text, kind));
    auto* off = makeButton("Disabled");
    setDisabledReason(off, "Needs the role release-manager");
    line->addWidget(off);
    line->addStretch();
    buttons->body()->addLayout(line);
    auto* fields = new QHBoxLayout;
    auto* edit = new QLineEdit;
    edit->setPlaceholderText("Reason");
    fields->addWidget(edit);
    fields->addWidget(new FilterField("Filter"));
    auto* combo = new QComboBox;
    combo->addItems({"Stable arm", "Canary arm"});
    fields->addWidget(combo);
    fields->addWidget(new QSpinBox);
    buttons->body()->addLayout(fields);
    auto* checks = new QHBoxLayout;
    auto* on = new QCheckBox("Follow live");
    on->setChecked(true);
    auto* radio = new QRadioButton("SEV2");
    radio->setChecked(true);
    checks->addWidget(on);
    checks->addWidget(new QCheckBox("Show resolved"));
    checks->addWidget(radio);
    checks->addWidget(new QRadioButton("SEV3"));
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setValue(40);
    checks->addWidget(slider);
    buttons->body()->addLayout(checks);
    auto* badges = new QHBoxLayout;
    for (const State s :
         {State::Good, State::Warn, State::Bad, State::Info, State::Neutral, State::NoData, State::Stale})
        badges->addWidget(new StatusBadge(s, s == State::Neutral ? "Pending" : ""));
    badges->addStretch();
    buttons->body()->addLayout(badges);
    auto* keys = new QHBoxLayout;
    keys->addWidget(new KeyHint(QKeySequence("Ctrl+K")));
    keys->addWidget(new KeyHint(QKeySequence("Ctrl+,")));
    keys->addWidget(new KeyHint(QString("?")));
    auto* fresh = new AgeLabel;
    fresh->setTime(now() - 4000);
    auto* stale = new AgeLabel;
    stale->setTime(now() - 400000);
    keys->addWidget(fresh);
    keys->addWidget(stale);
    keys->addStretch();
    buttons->body()->addLayout(keys);
    row->addWidget(buttons, 3);
    auto* icons = new Card("Icons");
    auto* iconsGrid = new QGridLayout;
    for (int i = 0; i < int(Icon::Count); ++i)
        iconsGrid->addWidget(makeIconButton(Icon(i), iconName(Icon(i))), i / 11, i % 11);
    icons->body()->addLayout(iconsGrid);
    icons->body()->addStretch();
    row->addWidget(icons, 2);
    column->addLayout(row);
    for (const Notice& n :
         {Notice{State::Info, "Reconnected.", "The gap of 12 s was filled in.", "", "", true},
          Notice{State::Stale, "The connection to opsd was lost.", "127.0.0.1:7410 refused the connection.",
                 "Trying again in 4 s. What you see is from 14:03:10.", "Try now"},
          Notice{State::Good, "Saved as postmortem-7.md"}})
        column->addWidget(new InlineNotice(n));
    auto* third = new QHBoxLayout;
    third->setSpacing(space::md);
    auto* progress = new Card("Encoding");
    for (auto [text, value] :
         {std::pair{"Timecode study, 480p", 0.62}, {"Fractal noise", qQNaN()}, {"Colour bars", 1.0}}) {
        auto* strip = new ProgressStrip;
        strip->setText(text);
        strip->setProgress(value);
        progress->body()->addWidget(strip);
    }
    progress->body()->addStretch();
    third->addWidget(progress, 1);
    auto* empty = new Card;
    auto* state =
        new EmptyState(Icon::Incidents, "No incidents", "Burn alerts open incidents here by themselves.");
    state->setAction("Declare an incident");
    empty->body()->addWidget(state);
    third->addWidget(empty, 1);
    auto* tabs = new QTabWidget;
    tabs->addTab(new EmptyState(Icon::Search, "Nothing found", "Loosen the filter."), "Journal");
    tabs->addTab(new QWidget, "Roles");
    third->addWidget(tabs, 1);
    column->addLayout(third, 1);
    return widget;
}

QWidget* videoPage() {
    auto* widget = new QWidget;
    auto* column = page(widget);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::md);
    QImage frame(640, 360, QImage::Format_RGB32);
    for (int y = 0; y < 360; ++y)
        for (int x = 0; x < 640; ++x) frame.setPixel(x, y, qRgb(x * 255 / 640, y * 255 / 360, 140));
    const auto player = [&](VideoState state, const char* text) {
        auto* card = new Card;
        card->body()->setContentsMargins(1, 1, 1, 1);
        card->body()->setSpacing(0);
        auto* surface = new VideoSurface;
        if (state != VideoState::NoSignal) surface->presentFrame(frame);
        surface->setState(state, text);
        auto* bar = new TransportBar;
        bar->setReady(state != VideoState::NoSignal);
        if (state != VideoState::NoSignal) {
            bar->setDuration(180000);
            bar->setPosition(62000);
            bar->scrubBar()->setBuffered({{30000, 91000}});
            bar->scrubBar()->setStalls({48000});
        }
        bar->setPlaying(state == VideoState::Playing);
        card->body()->addWidget(surface, 1);
        card->body()->addWidget(bar);
        row->addWidget(card);
        return surface;
    };
    auto* playing = player(VideoState::Playing, "");
    playing->setStatistics({{"Variant", "1280×720, 2.5 Mbit/s"},
                            {"Buffer", "12.4 s"},
                            {"Start-up", "412 ms"},
                            {"Stalls", "1, 1.2 s"},
                            {"Dropped", "0 of 1,488"},
                            {"Served by", "api/v2/api-3, HIT"}});
    playing->setLayerVisible(OverlayLayer::Statistics, true);
    playing->setSubtitles({"- Is that the canary?", "- Not any more."});
    playing->setTimecode("00:48.200");
    playing->setLayerVisible(OverlayLayer::Timecode, true);
    playing->setTag("Canary v2", Token::Canary);
    playing->setStallMark("Stalled 1.2 s at 0:48");
    player(VideoState::NoSignal, "Choose a title from the catalog.");
    column->addLayout(row, 1);
    return widget;
}

}  // namespace

int main(int argc, char** argv) {
    QElapsedTimer timer;
    QTextStream out(stdout);
    QApplication app(argc, argv);
    timer.start();
    Theme::apply(app, Mode::Dark);
    out << "theme " << timer.nsecsElapsed() / 1e6 << " ms\n";
    const QStringList arguments = app.arguments();
    QTabWidget tabs;
    tabs.setDocumentMode(true);
    const auto add = [&](const QString& name, QWidget* (*make)()) {
        timer.restart();
        auto* scroll = new QScrollArea;
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setWidgetResizable(true);
        scroll->setWidget(make());
        tabs.addTab(scroll, name);
        out << name << " built in " << timer.nsecsElapsed() / 1e6 << " ms\n";
    };
    add("overview", overviewPage);
    add("charts", chartsPage);
    add("incident", incidentPage);
    add("controls", controlsPage);
    add("video", videoPage);
    QSize size(1280, 800);
    if (arguments.size() > 2) {
        const QStringList parts = arguments[2].split('x');
        if (parts.size() == 2) size = {parts[0].toInt(), parts[1].toInt()};
    }
    tabs.resize(size);
    if (arguments.size() < 2) {
        QObject::connect(new QShortcut(QKeySequence("T"), &tabs), &QShortcut::activated, &tabs, [&app] {
            Theme::apply(app, Theme::instance().mode() == Mode::Dark ? Mode::Light : Mode::Dark);
        });
        tabs.show();
        return app.exec();
    }
    const QDir folder(arguments[1]);
    folder.mkpath(".");
    tabs.show();
    for (const Mode mode : {Mode::Dark, Mode::Light}) {
        timer.restart();
        Theme::apply(app, mode);
        out << "switch " << timer.nsecsElapsed() / 1e6 << " ms\n";
        for (int i = 0; i < tabs.count(); ++i) {
            tabs.setCurrentIndex(i);
            for (int pass = 0; pass < 4; ++pass) app.processEvents();
            timer.restart();
            const QPixmap picture = tabs.grab();
            out << tabs.tabText(i) << " painted in " << timer.nsecsElapsed() / 1e6 << " ms\n";
            picture.save(
                folder.filePath(tabs.tabText(i) + (mode == Mode::Dark ? "-dark.png" : "-light.png")));
        }
    }
    return 0;
}
