// Lints openapi.yaml, the contract: its structure as OpenAPI 3.1 says, every reference, and the rules below.
import { createConfig, lint } from '@redocly/openapi-core';

const file = new URL('../../resources/openapi.yaml', import.meta.url).pathname;

const config = await createConfig({
  rules: {
    struct: 'error',
    'no-unresolved-refs': 'error',
    'no-unused-components': 'error',
    'no-identical-paths': 'error',
    'no-ambiguous-paths': 'off', // /servers/top and /servers/{id}: what is no parameter counts first.
    'no-schema-type-mismatch': 'error',
    'no-enum-type-mismatch': 'error',
    'no-required-schema-properties-undefined': 'error',
    'no-invalid-schema-examples': 'error',
    'no-invalid-media-type-examples': 'error',
    'no-http-verbs-in-paths': 'off', // An event stream may be called so.
    'no-path-trailing-slash': 'error',
    'no-server-trailing-slash': 'off', // The one server is the host itself.
    'operation-operationId': 'error',
    'operation-operationId-unique': 'error',
    'operation-operationId-url-safe': 'error',
    'operation-parameters-unique': 'error',
    'operation-summary': 'error',
    'operation-tag-defined': 'error',
    'operation-singular-tag': 'error',
    'path-declaration-must-exist': 'error',
    'path-not-include-query': 'error',
    'path-params-defined': 'error',
    'path-parameters-defined': 'error',
    'security-defined': 'error',
    'tag-description': 'error',
    'tags-alphabetical': 'off',
    'info-license': 'error',
    'spec-strict-refs': 'off',
  },
});

const problems = await lint({ ref: file, config });
for (const problem of problems) {
  const at = problem.location[0];
  console.error(`openapi.yaml${at?.pointer ?? ''}: ${problem.message} (${problem.ruleId})`);
}
if (problems.length > 0) process.exit(1);
