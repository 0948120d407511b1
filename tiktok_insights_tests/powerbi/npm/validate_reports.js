// Validates reports with Microsoft's validator. Standard input: a JSON list of their folders; output: a list of lists of
// messages. The argument is the folder of the validator.
const { pathToFileURL } = require("url");
const path = require("path");

async function main() {
    const address = pathToFileURL(path.join(process.argv[2], "dist", "index.js"));
    const { getMetadataProvider, locateReport, runReportValidation } = await import(address);
    const provider = await getMetadataProvider();
    const found = [];
    for (const folder of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
        const { reportDir, defDir } = locateReport(folder);
        const summary = await runReportValidation({ reportDir, defDir, provider, skipSchema: true });
        found.push({ result: summary.result, diagnostics: summary.diagnostics });
    }
    process.stdout.write(JSON.stringify(found));
}

main();
