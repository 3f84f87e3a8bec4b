/**
 * Command names, in two kinds. Sure ones mean a command wherever a shell would start one; the others are words of
 * everyday language too and need an argument that only a command has.
 */
const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

export const SURE_COMMANDS = set(
  'whoami ifconfig ipconfig wget curl nslookup netcat ncat bash zsh ksh tcsh csh dash uname chmod chown chgrp ' +
    'passwd useradd adduser usermod userdel groupadd visudo sudo nmap tcpdump traceroute tracert netstat ss ps lsof ' +
    'lsmod modprobe insmod dmesg crontab systemctl iptables nft ssh scp sftp rsync telnet tftp ftp gcc cc make g++ ' +
    'python python2 python3 perl ruby php lua awk gawk mawk sed grep egrep fgrep xargs tee dd mkfifo mknod ' +
    'base64 xxd openssl md5sum sha1sum nohup setsid strace ltrace gdb eval exec printenv env ls mkdir rmdir rm cp mv ' +
    'ln nc sh busybox socat tmux apt apt-get yum dnf apk pip npm gem cargo kill killall pkill unzip tar gzip ' +
    'gunzip bzip2 7z xz zcat id pwd hostname uptime ping ping6 dig powershell pwsh cmd certutil bitsadmin mshta ' +
    'regsvr32 rundll32 wmic cscript wscript schtasks tasklist taskkill systeminfo vssadmin icacls cacls ' +
    'reg net net1 sc vim vi nano ed emacs printf readlink stat umount fdisk lsblk fsck mkfs shutdown reboot ' +
    'poweroff chroot unshare nsenter docker kubectl crictl ctr podman ansible ansible-playbook ansible-inventory ' +
    'ansible-galaxy ansible-vault ansible-doc chef-shell terraform vagrant composer getent c89 c99 clang ' +
    'gimp lpr lp mutt sendmail mysql psql sqlite3 mongo redis-cli pg_dump mysqldump tclsh busctl journalctl ' +
    'ldconfig ld.so arp tshark nft ufw rmt rmt-dump hexdump od cpio ar zip pkexec su runuser doas ' +
    'ionice stdbuf xterm sysctl systemd-run blkid lspci lsusb lscpu dpkg rpm snap flatpak ' +
    'dir del attrib ver vol assoc ftype',
);

export const COMMON_WORDS = set(
  'cat echo time find who sort more less test last head tail cut type date host at sleep set top w touch file ' +
    'diff split join uniq wc tr rev nl od paste look column fold yes true false cd source export alias unset read ' +
    'let local return trap history jobs fg bg kill link service start call goto for if copy del move ren rd md path ' +
    'tree title pause exit echo. dir ver help print put open get install make at batch enable factor fmt expand ' +
    'puppet salt watch wall nice fish screen node route mount strings expect copy erase mail ip timeout reset halt expand',
);

/** `IF` and `FOR` of the Windows command line: a condition or variable no sentence has. */
export const WINDOWS_FLOW: readonly RegExp[] = [
  /\bfor(?: \/[dflr])?(?: "[^"]{0,80}"| [a-z]:\S{0,60}| \S{0,60})? ?%{1,2}[^ ]{1,24} in ?\(/,
  /\bif(?: \/i)?(?: not)? (?:exist|defined|errorlevel|cmdextversion) \S/,
  /\bif(?: \/i)?(?: not)? \S{1,60} ?(?:==|(?: (?:equ|neq|lss|leq|gtr|geq) )) ?\S{1,60}(?: |$)/,
];
