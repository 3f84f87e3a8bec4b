import { onBeforeUnmount, onMounted, shallowReactive } from 'vue';

/**
 * One shortcut. `keys`: "j", "Enter", "Ctrl+s", or two strokes "g h". Letters are compared as typed, so "E" means
 * Shift+e. `Ctrl` also takes ⌘.
 */
export interface KeyBinding {
  keys: string;
  /** Locale key of what it does, for the help. Keys with the same text are listed together. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Off while false, and then not listed. */
  when?: () => boolean;
  /** Works in input fields too; only for chords. */
  inInputs?: boolean;
}

/** Bindings of one place (window, screen, table), listed under their title in the help. */
export interface KeyScope {
  /** Locale key. */
  title: string;
  bindings: readonly KeyBinding[];
}

/** How long the second stroke of "g h" may take. */
const SEQUENCE_MS = 1500;

/** Newest last: what was mounted last (a dialog, a screen) comes before the window. */
const scopes = shallowReactive<KeyScope[]>([]);
let pendingStroke = '';
let pendingUntil = 0;

function strokeOf(event: KeyboardEvent): string {
  const chord = event.ctrlKey || event.metaKey ? 'Ctrl+' : '';
  return `${chord}${event.altKey ? 'Alt+' : ''}${event.key}`;
}

/** The input method has the key: the first one of a composition arrives as "Process" before composing is true. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.key === 'Process';
}

/** True where a key belongs to what is being written. */
function isWriting(event: KeyboardEvent): boolean {
  if (isComposing(event)) return true;
  const target = event.composedPath()[0] ?? event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !['button', 'checkbox', 'radio', 'range', 'submit', 'reset'].includes(target.type);
}

/** Buttons and links take Enter and Space themselves. */
function belongsToControl(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  const target = event.target;
  return target instanceof HTMLElement && target.closest('button, a, summary, [role="switch"]') !== null;
}

function find(stroke: string, writing: boolean): KeyBinding | undefined {
  for (let index = scopes.length - 1; index >= 0; index -= 1) {
    const found = scopes[index]?.bindings.find(
      (binding) =>
        binding.keys === stroke &&
        (binding.when?.() ?? true) &&
        (!writing || (binding.inInputs === true && stroke.startsWith('Ctrl+'))),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function startsSequence(stroke: string): boolean {
  return scopes.some((scope) => scope.bindings.some(({ keys }) => keys.startsWith(`${stroke} `)));
}

function takeSequence(stroke: string, time: number): KeyBinding | undefined {
  const first = time < pendingUntil ? pendingStroke : '';
  pendingStroke = '';
  return first === '' ? undefined : find(`${first} ${stroke}`, false);
}

/** The window's one key handler; exported so that it can be hung up once and tested alone. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
  const writing = isWriting(event);
  if (isComposing(event)) return;
  const stroke = strokeOf(event);
  const binding = writing
    ? find(stroke, true)
    : (takeSequence(stroke, event.timeStamp) ?? (belongsToControl(event) ? undefined : find(stroke, false)));
  if (binding !== undefined) {
    event.preventDefault();
    binding.run(event);
  } else if (!writing && startsSequence(stroke)) {
    pendingStroke = stroke;
    pendingUntil = event.timeStamp + SEQUENCE_MS;
  }
}

/** Registers shortcuts for as long as the component is there. Never fires in inputs or during composition. */
export function useKeys(title: string, bindings: readonly KeyBinding[]): void {
  const scope: KeyScope = { title, bindings };
  onMounted(() => scopes.push(scope));
  onBeforeUnmount(() => {
    const index = scopes.indexOf(scope);
    if (index !== -1) scopes.splice(index, 1);
  });
}

/** For the help: what works on the screen now. */
export function activeScopes(): readonly KeyScope[] {
  return scopes;
}
