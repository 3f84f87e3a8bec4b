/** A page that shows what the bridge tells, for tests of the desktop alone. */
import { createApp, defineComponent, watchEffect } from 'vue';
import {
  Bridge,
  installBridge,
  thisDesktop,
  useBridge,
  useCall,
  useFeed,
} from '../../../src-renderer/bridge/index.ts';

const show = (id: string, text: string): void => {
  document.getElementById(id)!.textContent = text;
};

const Page = defineComponent({
  setup() {
    const bridge = useBridge();
    let pushes = 0;
    const feed = useFeed((engine, options) => engine.system.watchStatus(undefined, options), {
      onItems: () => {
        pushes += 1;
        show('pushes', String(pushes));
      },
    });
    const identity = useCall((engine, options) => engine.system.identity(undefined, options));
    watchEffect(() => {
      const state = bridge.state.value;
      show('phase', state.phase);
      if ('generation' in state) show('generation', String(state.generation));
      show('end', state.phase === 'down' ? JSON.stringify(state.end) : '');
      show('live', String(feed.live.value));
      show('pid', String(identity.data.value?.processId ?? ''));
    });
    document.getElementById('ask')!.addEventListener('click', () => {
      show('answer', 'asking');
      const began = performance.now();
      bridge
        .read((engine, options) => engine.logs.search({ filter: { text: 'hello' } }, options))
        .then(
          (page) => show('answer', `${page.lines[0]!.text} ${Math.round(performance.now() - began)}`),
          (error: unknown) => show('answer', String(error)),
        );
    });
    Object.assign(window, { bridge });
    return () => null;
  },
});

const app = createApp(Page);
installBridge(app, new Bridge(thisDesktop()));
app.mount(document.createElement('div'));
