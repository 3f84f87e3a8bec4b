import { createApp } from 'vue';
import { Bridge, installBridge, thisDesktop } from './bridge/index.ts';
import App from './App.vue';
import { i18n } from './i18n.ts';
import { createScreenRouter } from './router.ts';
import './styles/index.css';

const app = createApp(App);
installBridge(app, new Bridge(thisDesktop()));
app.use(i18n).use(createScreenRouter()).mount('#app');
