#include <QtTest>

#include "core/files.hpp"
#include "postmortems/engine/template_folder.hpp"
#include "postmortems/placeholders.hpp"

using namespace qd;
using namespace qd::postmortems;

namespace {

std::string refusal(std::string_view text) {
    const auto read = parse_template(text, "team", "team.md");
    return read ? std::string() : read.error().message;
}

}  // namespace

class TestTemplate : public QObject {
    Q_OBJECT

private slots:
    void theBuiltInOnesCoverTheJournal() {
        const auto& all = builtin_templates();
        QCOMPARE(all.size(), std::size_t(4));
        QCOMPARE(all[0].name, std::string(default_template));
        QCOMPARE(all[0].sections.size(), std::size_t(5));
        for (const Template& each : all) {
            std::string text;
            for (const TemplateSection& section : each.sections) text += section.text + "\n";
            for (const char* block : {"{{impact}}", "{{timeline}}", "{{action_items}}"})
                QVERIFY2(text.find(block) != std::string::npos, each.name.c_str());
            QVERIFY(misuses(text).empty());
        }
    }

    void aTeamsOwnIsRead() {
        const auto read = parse_template(
            "# Ours\n\n## What happened?\n<!-- In plain words. -->\nIt began at "
            "{{started_at}}.\n\n{{summary}}\n\n"
            "## Next\n```\n## no section\n```\n",
            "team", "team.md");
        QVERIFY(read);
        QCOMPARE(read->title, std::string("Ours"));
        QCOMPARE(read->sections.size(), std::size_t(2));
        QCOMPARE(read->sections[0].id, std::string("what-happened"));
        QCOMPARE(read->sections[0].guidance, std::string("In plain words."));
        QCOMPARE(read->sections[0].text, std::string("It began at {{started_at}}.\n\n{{summary}}"));
        QCOMPARE(read->sections[1].text, std::string("```\n## no section\n```"));
    }

    void errorsNameFileAndLine() {
        QCOMPARE(refusal("## A\n\n{{sumary}}\n"), std::string("team.md:3: there is no placeholder 'sumary'"));
        QCOMPARE(refusal("## A\nsee {{timeline}} here\n"),
                 std::string("team.md:2: 'timeline' is a block: write it on a line of its own"));
        QVERIFY(refusal("text\n## A\n").starts_with("team.md:1: before the first section"));
        QVERIFY(refusal("# only a title\n").starts_with("team.md:1: there is no section"));
        QVERIFY(refusal("## A\n## a\n").starts_with("team.md:2: there is a section 'a' already"));
        QCOMPARE(refusal("## A\n<!-- open\n"), std::string("team.md:1: the guidance has no -->"));
        QVERIFY(refusal(std::string(max_template_bytes + 1, 'x')).find("at most 256 KiB") !=
                std::string::npos);
    }

    void aFolderHoldsTheTeamsOwn() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        QCOMPARE(load_templates(path / "nowhere")->size(), std::size_t(4));
        QVERIFY(core::write_file_atomically(path / "team.md", "## A\n{{summary}}\n"));
        QVERIFY(core::write_file_atomically(path / "google.md", "## Ours\n"));
        const auto all = load_templates(path);
        QCOMPARE(all->size(), std::size_t(5));
        QCOMPARE((*all)[1].sections.size(), std::size_t(1));  // in the place of the built-in one
        QCOMPARE(all->back().name, std::string("team"));
        QVERIFY(core::write_file_atomically(path / "bad.md", "## A\n{{nothing}}\n"));
        QVERIFY(core::write_file_atomically(path / "Not A Name.md", "## A\n"));
        const auto rest = load_templates(path);
        QVERIFY(rest);
        QCOMPARE(rest->size(), std::size_t(7));  // what is good is there all the same
        const auto refused = find_template(*rest, "bad");
        QVERIFY(!refused && refused.error().code == core::Errc::invalid_argument);
        QVERIFY(refused.error().message.ends_with("bad.md:2: there is no placeholder 'nothing'"));
        QCOMPARE(find_template(*rest, "team")->sections.size(), std::size_t(1));
        QVERIFY(find_template(*rest, "none").error().message.find("bad") == std::string::npos);
    }

    void aBrokenFileTakesNoBuiltInOnesPlace() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        QVERIFY(core::write_file_atomically(path / "five-sections.md", "no heading\n"));
        const auto all = load_templates(path);
        QCOMPARE(all->size(), std::size_t(5));
        QCOMPARE(all->front().sections.size(), std::size_t(5));
        QCOMPARE(find_template(*all, default_template)->sections.size(), std::size_t(5));
    }

    void placeholdersStandApartFromText() {
        const auto pieces = split(
            "before\n{{ timeline }}\n```\n{{impact}}\n```\n{{detached impact 12 abc}}\nmine\n{{end}}\nafter "
            "{{title}}");
        QCOMPARE(pieces.size(), std::size_t(5));
        QCOMPARE(pieces[1].kind, PieceKind::block);
        QCOMPARE(pieces[1].name, std::string("timeline"));
        QCOMPARE(pieces[2].text, std::string("```\n{{impact}}\n```\n"));
        QCOMPARE(pieces[3].kind, PieceKind::detached);
        QCOMPARE(pieces[3].text, std::string("mine\n"));
        QCOMPARE(pieces[3].taken_at, std::uint64_t(12));
        QCOMPARE(pieces[4].line, std::size_t(9));
        const auto value = [](std::string_view name) -> std::optional<std::string> {
            if (name == "title") return "T";
            return std::nullopt;
        };
        QCOMPARE(fill_values("{{title}} {{ other }} {{title}}\n~~~\n{{title}}\n~~~\n", value),
                 std::string("T {{ other }} T\n~~~\n{{title}}\n~~~\n"));
        QCOMPARE(misuses("{{detached impact 3}}\nx").front().what,
                 std::string("the detached block that begins here has no {{end}}"));
    }
};

QTEST_GUILESS_MAIN(TestTemplate)
#include "tst_template.moc"
