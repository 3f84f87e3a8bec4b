import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './i18n.ts';
import { createScreenRouter } from './router.ts';
import './styles/index.css';

createApp(App).use(i18n).use(createScreenRouter()).mount('#app');
