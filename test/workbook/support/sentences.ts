/** Short tables of what people have in such files, by language, and the old encodings that the language is saved in. */
export const SENTENCES: { language: string; encodings: string[]; rows: string[] }[] = [
  {
    language: 'Chinese (simplified)',
    encodings: ['gb18030'],
    rows: [
      '商品名称,备注',
      '红色台灯,请在周五之前送到北京的仓库',
      '木椅,客户说颜色太深想要退货',
      '保温杯,发票已经寄出,两天后查收',
      '张伟,上海市浦东新区世纪大道',
    ],
  },
  {
    language: 'Chinese (traditional)',
    encodings: ['big5'],
    rows: [
      '商品名稱,備註',
      '紅色檯燈,請在星期五之前送到臺北的倉庫',
      '木椅,客戶說顏色太深想要退貨',
      '保溫杯,發票已經寄出',
      '陳小姐,高雄市中山路三段',
    ],
  },
  {
    language: 'Japanese',
    encodings: ['shift_jis', 'euc-jp'],
    rows: [
      '商品名,説明',
      '赤いランプ,居間にぴったりの照明です',
      '椅子,木製でとても丈夫なつくり',
      '田中さん,来週の金曜日までに届けてください',
      'カタログ,新しい価格を確認したい',
    ],
  },
  {
    language: 'Korean',
    encodings: ['euc-kr'],
    rows: [
      '상품명,설명',
      '빨간 램프,거실에 잘 어울리는 조명입니다',
      '의자,나무로 만들어서 튼튼해요',
      '김민수,다음 주 금요일까지 보내 주세요',
      '머그컵,가격이 너무 비싸다는 의견이 있음',
    ],
  },
  {
    language: 'Russian',
    encodings: ['windows-1251', 'koi8-r'],
    rows: [
      'Название,Описание',
      'Красная лампа,Для небольшой гостиной',
      'Стул,Деревянный и очень прочный',
      'Чашка,Клиент просит вернуть деньги',
      'Иван Петров,г. Казань, улица Мира',
    ],
  },
  {
    language: 'Ukrainian',
    encodings: ['windows-1251'],
    rows: [
      'Назва,Опис',
      'Червона лампа,Підходить для вашої вітальні',
      'Стілець,Міцний, зроблений із дерева',
      'Ковдра,Її можна прати у воді',
    ],
  },
  {
    language: 'Bulgarian',
    encodings: ['windows-1251'],
    rows: [
      'Име,Описание',
      'Червена лампа,Подходяща за малката стая',
      'Стол,Клиентът иска да го върне',
      'Чаша,Цената е твърде висока',
    ],
  },
  {
    language: 'Greek',
    encodings: ['windows-1253'],
    rows: [
      'Όνομα,Περιγραφή',
      'Κόκκινο φωτιστικό,Ταιριάζει στο σαλόνι σας',
      'Καρέκλα,Ξύλινη και πολύ γερή',
      'Κούπα,Ο πελάτης ζητά επιστροφή χρημάτων',
    ],
  },
  {
    language: 'Thai',
    encodings: ['windows-874'],
    rows: [
      'ชื่อสินค้า,รายละเอียด',
      'โคมไฟสีแดง,เหมาะกับห้องนั่งเล่นของคุณ',
      'เก้าอี้,ทำจากไม้และแข็งแรงมาก',
      'แก้วน้ำ,ลูกค้าต้องการคืนเงิน',
    ],
  },
  {
    language: 'Hebrew',
    encodings: ['windows-1255'],
    rows: [
      'שם המוצר,תיאור',
      'מנורה אדומה,מתאימה לסלון שלך',
      'כיסא,עשוי מעץ וחזק מאוד',
      'ספל,הלקוח מבקש החזר כספי',
    ],
  },
  {
    language: 'Arabic',
    encodings: ['windows-1256'],
    rows: [
      'اسم المنتج,الوصف',
      'مصباح أحمر,مناسب لغرفة الجلوس',
      'كرسي,مصنوع من الخشب وقوي جدا',
      'كوب,العميل يريد استرداد المبلغ',
    ],
  },
  {
    language: 'Polish',
    encodings: ['windows-1250'],
    rows: [
      'Nazwa,Opis',
      'Żółta lampa,Świetnie pasuje do małego pokoju',
      'Krzesło,Drewniane i bardzo mocne, będzie służyć latami',
      'Kubek,Klient prosi o zwrot pieniędzy',
    ],
  },
  {
    language: 'Czech',
    encodings: ['windows-1250'],
    rows: [
      'Název,Popis',
      'Červená lampa,Hodí se do každého pokoje',
      'Židle,Dřevěná a velmi pevná',
      'Hrnek,Zákazník žádá o vrácení peněz',
    ],
  },
  {
    language: 'Hungarian',
    encodings: ['windows-1250'],
    rows: [
      'Név,Leírás',
      'Piros lámpa,Jól illik a nappaliba, erős fényű',
      'Szék,Fából készült és nagyon erős',
      'Bögre,A vevő szeretné visszaküldeni, hűtőbe nem való',
    ],
  },
  {
    language: 'French',
    encodings: ['windows-1252'],
    rows: [
      'Nom,Détails',
      'Lampe rouge,Très jolie à côté du canapé',
      'Chaise,En chêne, déjà livrée à Orléans',
      'Tasse,Le client a été remboursé après réclamation',
    ],
  },
  {
    language: 'German',
    encodings: ['windows-1252'],
    rows: [
      'Name,Größe',
      'Rote Lampe,Paßt schön über den Eßtisch',
      'Stuhl,Für draußen nicht geeignet',
      'Tasse,Der Kunde möchte sie zurückgeben, weil sie für ihn zu groß wäre',
    ],
  },
  {
    language: 'Spanish',
    encodings: ['windows-1252'],
    rows: [
      'Nombre,Descripción',
      'Lámpara roja,¿Cuándo llegará a la tienda?',
      'Silla,Está hecha de madera de castaño',
      'Taza,El niño la rompió el año pasado',
    ],
  },
  {
    language: 'Portuguese',
    encodings: ['windows-1252'],
    rows: [
      'Nome,Descrição',
      'Lâmpada vermelha,Não combina com o sofá',
      'Cadeira,É muito sólida, feita à mão',
      'Caneca,As devoluções são grátis até amanhã',
    ],
  },
  {
    language: 'Swedish',
    encodings: ['windows-1252'],
    rows: [
      'Namn,Färg',
      'Röd lampa,Passar på ett litet bord i köket',
      'Stol,Gjord av björk, väldigt hållbar',
      'Mugg,Kunden vill få pengarna åter',
    ],
  },
  {
    language: 'Turkish',
    encodings: ['windows-1254'],
    rows: [
      'Ürün adı,Açıklama',
      'Kırmızı lamba,Küçük oturma odanıza çok yakışır',
      'Sandalye,Ağaçtan yapılmış ve sağlam',
      'Kupa,Müşteri parasını geri istiyor, şikâyet etti',
    ],
  },
  {
    language: 'Lithuanian',
    encodings: ['windows-1257'],
    rows: [
      'Pavadinimas,Aprašymas',
      'Raudona lempa,Puikiai tinka jūsų svetainei',
      'Kėdė,Pagaminta iš ąžuolo, labai tvirta',
      'Puodelis,Pirkėjas prašo grąžinti pinigus už prekę',
    ],
  },
  {
    language: 'Latvian',
    encodings: ['windows-1257'],
    rows: [
      'Nosaukums,Apraksts',
      'Sarkana lampa,Labi izskatās jūsu dzīvojamā istabā',
      'Krēsls,Izgatavots no ozola, ļoti izturīgs',
      'Krūze,Pircējs vēlas saņemt naudu atpakaļ, jo tā ir par mazu',
    ],
  },
  {
    language: 'Vietnamese',
    encodings: ['windows-1258'],
    rows: [
      'Tên hàng,Mô tả',
      'Đèn màu đỏ,Rất hợp với phòng khách của bạn',
      'Ghế,Làm bằng gỗ, rất chắc chắn',
      'Cốc,Khách hàng muốn được hoàn tiền',
    ],
  },
]
