/**
 * The import law. Each rule says what it protects; `test/scripts/import-law.test.ts` breaks every one of
 * them on purpose and expects to be caught.
 */

const CONTRACT = '^src-preload/contract/';
/** Every folder of the engine but those that compose the steps, and what travels between them. */
const ENGINE_STEP = '(?!(?:threads|api|flow)/)([^/]+)';

/** Files of the contract that the renderer loads at run time. */
const ZOD_FREE = 'limits|errors|log-classes|desktop|format|line-pattern|translate|words|query/[a-z-]+';

/** The schema libraries of the contract, and what zod-free files may not touch. */
const SCHEMA_PACKAGES = '(^|/)node_modules/(zod|@orpc/contract)/';
const PACKAGES = '(^|/)node_modules/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no first file to read, and loads half-initialised modules in worker threads.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that does not resolve fails only on the machine of the person who starts it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-test-code-in-product',
      comment: 'What ships must not need what does not ship.',
      severity: 'error',
      from: { path: '^src-' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'contract-is-pure',
      comment:
        'Both sides of the wire load the contract: it may know schemas and itself, and nothing of either side.',
      severity: 'error',
      from: { path: CONTRACT },
      to: { pathNot: [CONTRACT, SCHEMA_PACKAGES] },
    },
    {
      name: 'contract-limits-are-zod-free',
      comment:
        'The renderer loads limits and error kinds at run time; 60 kB of schema library must not follow.',
      severity: 'error',
      from: { path: `${CONTRACT}(${ZOD_FREE})\\.ts$` },
      to: { path: PACKAGES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contract-limits-import-only-their-kind',
      comment: 'A zod-free file that imports a file with zod is not zod-free.',
      severity: 'error',
      from: { path: `${CONTRACT}(${ZOD_FREE})\\.ts$` },
      to: {
        path: CONTRACT,
        pathNot: `${CONTRACT}(${ZOD_FREE})\\.ts$`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'step-knows-no-sibling',
      comment:
        'A step of the engine (sources, parse, detect …) knows what flows (engine/flow), the contract, the interfaces ' +
        'of the store and itself. Only the composition roots see several, so that the flow can be read in one place.',
      severity: 'error',
      from: { path: `^src-main/engine/${ENGINE_STEP}/` },
      to: {
        path: '^src-',
        pathNot: [
          '^src-main/engine/$1/',
          '^src-main/engine/flow/',
          '^src-main/engine/store/types\\.ts$',
          CONTRACT,
        ],
      },
    },
    {
      name: 'flow-knows-no-step',
      comment: 'engine/flow is what travels between the steps; it cannot depend on one of them.',
      severity: 'error',
      from: { path: '^src-main/engine/flow/' },
      to: { path: '^src-', pathNot: ['^src-main/engine/flow/', CONTRACT] },
    },
    {
      name: 'no-step-imports-the-composition',
      comment: 'The composition (engine.ts, threads, api) imports the steps; the other way round is a cycle.',
      severity: 'error',
      from: { path: '^src-main/engine/(?!threads/|api/)[^/]+/' },
      to: { path: '^src-main/engine/(threads/|api/|[^/]+\\.ts$)' },
    },
    {
      name: 'engine-knows-no-face',
      comment:
        'The engine is the product; desktop and terminal are faces of it. All of them speak over src-main/wire.',
      severity: 'error',
      from: { path: '^src-main/engine/' },
      to: {
        path: '^src-',
        pathNot: [
          '^src-main/engine/',
          '^src-main/wire/',
          '^src-main/(installation|locale-files|back-off)\\.ts$',
          CONTRACT,
        ],
      },
    },
    {
      name: 'wire-knows-no-end',
      comment:
        'The wire is used by engine, desktop and terminal alike: it knows the contract and neither end.',
      severity: 'error',
      from: { path: '^src-main/wire/' },
      to: { path: '^src-', pathNot: ['^src-main/wire/', CONTRACT] },
    },
    {
      name: 'app-runs-no-engine-code',
      comment:
        'The main process never blocks: it starts the engine as a process of its own and imports none of its code.',
      severity: 'error',
      from: { path: '^src-main/app/' },
      to: { path: ['^src-main/(engine|cli)/', '^src-renderer/'] },
    },
    {
      name: 'cli-uses-the-composition-only',
      comment:
        'A command starts or attaches to an engine through its composition files; the steps are not its business.',
      severity: 'error',
      from: { path: '^src-main/cli/' },
      to: {
        path: ['^src-main/app/', '^src-main/engine/[^/]+/', '^src-renderer/', '^src-preload/index\\.ts$'],
        // Failures are what the composition's promises reject with.
        pathNot: '^src-main/engine/flow/failure\\.ts$',
      },
    },
    {
      name: 'only-the-shell-knows-electron',
      comment: 'Everything else must run under plain Node (terminal, tests, servers) or in a sandbox.',
      severity: 'error',
      from: { path: '^src-', pathNot: ['^src-main/app/', '^src-preload/index\\.ts$'] },
      to: { path: ['^electron$', '^electron/', '(^|/)node_modules/electron/'] },
    },
    {
      name: 'preload-knows-the-contract-only',
      comment: 'The preload script is the border of the sandbox: small enough to read in one go.',
      severity: 'error',
      from: { path: '^src-preload/index\\.ts$' },
      to: { pathNot: [CONTRACT, '^electron$', '(^|/)node_modules/electron/'] },
    },
    {
      name: 'renderer-uses-no-node',
      comment: 'The renderer is sandboxed: a Node module there is a crash at run time.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-uses-no-schemas',
      comment: 'Input is checked in the engine; schemas in the renderer are weight and a second opinion.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: SCHEMA_PACKAGES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-sees-the-contract-only',
      comment: 'What a screen knows of the rest of Yagura is the contract.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: '^src-(main|preload)/', pathNot: CONTRACT },
    },
    {
      name: 'renderer-takes-types-from-the-contract',
      comment: 'At run time only the zod-free files of the contract may be loaded in the renderer.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: {
        path: CONTRACT,
        pathNot: `${CONTRACT}(${ZOD_FREE})\\.ts$`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'view-knows-no-other-view',
      comment: 'Screens are added and removed alone; what two share belongs in ui/ or the bridge.',
      severity: 'error',
      from: { path: '^src-renderer/views/([^/]+)/' },
      to: { path: '^src-renderer/views/', pathNot: '^src-renderer/views/$1/' },
    },
    {
      name: 'ui-knows-no-view',
      comment: 'Parts in ui/ know no domain: they get values and give events.',
      severity: 'error',
      from: { path: '^src-renderer/ui/' },
      to: { path: '^src-renderer/(views|bridge)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports count too (a type from a sibling step is knowledge of it); the rules that allow them say so.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.vue', '.json', '.d.ts'],
    },
  },
};
