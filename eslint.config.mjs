import js from '@eslint/js';
import vue from 'eslint-plugin-vue';
import accessibility from 'eslint-plugin-vuejs-accessibility';
import globals from 'globals';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TYPED_FILES = ['src-*/**/*.ts', 'test/**/*.ts', '*.config.ts'];
const VUE_FILES = ['src-renderer/**/*.vue'];

/** Relative imports name the file with its extension, so that Node runs the engine's sources as they are. */
const EXTENSIONLESS_IMPORT = {
  selector:
    ':matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration)' +
    '[source.value=/^\\.{1,2}\\u002F/]:not([source.value=/\\.(ts|vue|mjs|json|css|svg|png|yaml)(\\?[a-z]+)?$/])',
  message: "Name the file with its extension ('./x.ts').",
};

export default defineConfig(
  globalIgnores([
    'out/',
    'dist/',
    '.cache/',
    'coverage/',
    'test-results/',
    'test/**/fixtures/',
    'test/replay/',
  ]),
  {
    // A rule that is wrong somewhere is changed here with its reason, not switched off in a line.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
  },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      // Log lines are hostile: control characters are what some patterns are there to find.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', EXTENSIONLESS_IMPORT],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:child_process',
              importNames: ['exec', 'execSync'],
              message: 'A shell string can be injected into: use execFile or spawn with arguments.',
            },
          ],
        },
      ],
      // Short files with one subject. Blank lines and comments are free: a reason never costs space.
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },

  // TypeScript, with type information.
  {
    files: TYPED_FILES,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers in messages are what messages are for.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // An interface may promise a Promise that one implementation does not need to wait for.
      '@typescript-eslint/require-await': 'off',
      // Types are checked by tsc and vue-tsc.
      'no-undef': 'off',
    },
  },
  {
    // Time comes from the injected clock (flow/clock.ts), or replay and tests would depend on the hour of the day.
    files: ['src-main/engine/**/*.ts'],
    ignores: ['src-main/engine/flow/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time from the clock that is passed in.' },
      ],
    },
  },
  {
    files: ['src-renderer/**/*.ts', 'test/renderer/**/*.ts'],
    rules: {
      // Only vue-tsc knows the types behind a .vue import; here they look like `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // The oldest Electron supported (33) has only the calls that the newest one advises against.
    files: ['src-main/app/secrets.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A wrong guess in a test is a failed test, which is what it is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Matchers (`expect.any(Number)`) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // One file of cases for one subject may be long.
      'max-lines': 'off',
    },
  },
  {
    // Programs whose output is the terminal.
    files: ['src-main/cli/**/*.ts', 'test/bench/**/*.ts', 'test/screenshots/**/*.ts', 'scripts/**/*.mjs'],
    rules: { 'no-console': 'off' },
  },

  // Vue. Without type information: vue-tsc checks the types, and typed linting of templates doubles the time.
  {
    files: VUE_FILES,
    extends: [
      tseslint.configs.strict,
      vue.configs['flat/recommended'],
      accessibility.configs['flat/recommended'],
    ],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] },
      globals: globals.browser,
    },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // What comes out of a log is text, never markup.
      'vue/no-v-html': 'error',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      // A screen is its folder's View.vue.
      'vue/multi-word-component-names': 'off',
      // Prettier lays out.
      ...vue.configs['no-layout-rules'].rules,
      // A label may hold its control or point at it; both are announced.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },

  // Scripts: plain JavaScript that runs before anything is installed.
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: globals.node },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
);
