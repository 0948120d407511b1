// Parses queries with Microsoft's parser. Standard input: a JSON list of them; output: a list of errors, null for none.
// The argument is the folder of the parser.
const { DefaultSettings, TaskUtils } = require(process.argv[2]);

async function main() {
    const queries = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const errors = [];
    for (const query of queries) {
        const task = await TaskUtils.tryLexParse(DefaultSettings, query);
        errors.push(TaskUtils.isParseStageOk(task) ? null : String(task.error && task.error.message));
    }
    process.stdout.write(JSON.stringify(errors));
}

main();
